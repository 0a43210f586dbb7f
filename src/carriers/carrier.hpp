// The port to a carrier: the company (or the built-in sandbox) that sells numbers.
//
// Every call ends exactly once, on the loop that made it, with a value or an error whose class is
// the truth about what happened at the carrier: refused, not_done, unknown or conflict (error.hpp).
// An adapter never retries a purchase by itself and never guesses: an answer it did not get is
// `unknown`. A purchase carries our mark in a field that the carrier keeps, so that it can be
// found again. Adapters own their connections and limits; they never touch the store.
#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/secret.hpp"
#include "base/unique_function.hpp"
#include "domain/campaign.hpp"
#include "domain/message.hpp"
#include "domain/plans_and_prices.hpp"

namespace dialplane {

// What a carrier can do; data, so that the workflow asks instead of knowing names.
struct carrier_abilities {
  std::string name;                    // "sandbox": stored with each number
  bool search_is_local = false;        // search answers from memory, at once
  bool sets_routing_at_purchase = false;
  // After an unknown outcome: how long the carrier may still commit the purchase. Only when a
  // look-up after that time finds nothing is the purchase known to be absent.
  std::chrono::milliseconds settling_time{60'000};
  // How long a released number can be taken back before the carrier is told.
  std::chrono::milliseconds release_grace{24 * 3'600'000};
  std::chrono::milliseconds call_timeout{15'000};
  // A campaign's state is asked for at least this often while it is undecided.
  std::chrono::milliseconds campaign_poll_interval_max{600'000};
  bool sends_media = false;
  // Answers STOP, START and HELP itself; our own confirmation then stays silent.
  bool answers_keywords = false;
  bool toll_free_answers_keywords = true;  // toll-free networks do, whatever the carrier
  // After an unknown outcome of a text: how long until a look-up that finds nothing is proof.
  std::chrono::milliseconds text_settling_time{30'000};
};

struct number_search {
  number_type type = number_type::local;
  std::vector<std::string> area_codes;  // in order of preference; empty: any of that type
  std::size_t limit = 1;
};

struct number_offer {
  std::string e164;
};

// Where the carrier sends a number's calls and texts.
struct number_routing {
  std::string text_url;
  std::string voice_url;
};

struct number_purchase {
  std::string e164;                    // one exact number
  std::string mark;                    // at most 64 characters [A-Za-z0-9_-]
  number_routing routing;
};

struct carrier_number {
  std::string e164;
  std::string mark;                    // as the carrier keeps it, possibly not ours
  timestamp bought_at;
  bool routing_set = false;
};

struct carrier_number_page {
  std::vector<carrier_number> numbers;
  std::optional<std::string> next_cursor;
};

struct brand_filing {
  std::string mark;
  bool sole_proprietor = false;        // no EIN; a one-time code goes to the owner's mobile
  boost::json::object entity;          // the legal entity's record
  secret_string ein;                   // empty for a sole proprietor
  std::int64_t submission = 1;         // rises when a failed brand is handed in again, corrected
};

struct brand_report {
  std::string reference;               // the carrier's id
  brand_status status = brand_status::pending;
  bool awaits_code = false;            // sole proprietor: a one-time code was texted
  std::optional<timestamp> code_expires_at;
  std::optional<std::string> failure_reason;
  std::vector<std::string> fields;     // dot paths to correct, on failure
  std::chrono::milliseconds ask_again_after{1'000};
};

struct campaign_filing {
  std::string mark;
  campaign_kind kind = campaign_kind::ten_dlc;
  std::string use_case;
  std::string brand_reference = {};    // 10DLC
  std::string e164 = {};               // toll-free: the one number it is for
  boost::json::object entity = {};     // with `messaging`: description, samples, consent flow, ...
  std::int64_t submission = 1;         // rises when a rejected one is handed in again, corrected
};

struct campaign_report {
  std::string reference;               // the carrier's id
  campaign_status status = campaign_status::created;
  std::optional<std::string> rejection_reason;
  std::vector<std::string> fields = {};  // dot paths to correct, on rejection
  std::string status_detail = {};        // the carrier's own word
  // When to ask again, if undecided.
  std::chrono::milliseconds ask_again_after{1'000};
};

struct attachment_report {
  attachment_status status = attachment_status::pending;
  std::optional<std::string> failure_reason;
  std::chrono::milliseconds ask_again_after{1'000};
};

struct text_order {
  std::string id;                      // our message id: kept by the carrier where it can
  std::string from;                    // our number, E.164
  std::string to;                      // E.164
  std::string body;
  std::vector<std::string> media_urls;
  std::string campaign_reference;
};

struct text_receipt {
  std::string carrier_message_id;
};

// What a carrier says on its own, read from a verified webhook.
enum class carrier_news_kind { text_received, text_status };

struct carrier_news {
  carrier_news_kind kind = carrier_news_kind::text_received;
  std::string carrier_message_id;
  std::string our_id;                  // text_status: our message id, where the carrier keeps it
  std::string from;                    // text_received
  std::string to;
  std::string body;
  std::vector<std::string> media_urls;
  boost::json::object metadata;
  message_status status = message_status::received;  // text_status: sent, delivered or failed
  std::string failure_code;            // the carrier's word
  std::string failure_reason;          // plain words
  timestamp at;                        // when it happened, by the carrier
};

// A webhook as it came in.
struct carrier_webhook {
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
};

struct verified_webhook {
  std::string event_key;               // constant over repeats of one event
};

template <typename T>
using carrier_done = unique_function<void(result<T>)>;

class carrier {
 public:
  virtual ~carrier() = default;

  virtual const carrier_abilities& abilities() const noexcept = 0;

  // Numbers for sale, best first. None for sale is an empty list, not an error. No side effect.
  virtual void search(number_search wanted, carrier_done<std::vector<number_offer>> done) = 0;
  // A number for sale named at once from memory, or nothing (then search() is asked). Lets the
  // workflow write choice and intent in the accepting transaction. From any thread; only where
  // abilities().search_is_local.
  virtual std::optional<number_offer> offer_at_once(const number_search& /*wanted*/) {
    return std::nullopt;
  }
  // Buys that exact number. conflict: it is gone. refused: the carrier will not.
  virtual void buy(number_purchase order, carrier_done<carrier_number> done) = 0;
  // The number as the carrier has it now under our account, found by number and by mark (either
  // may be empty). Nothing: not seen now, which alone proves nothing before settling_time.
  virtual void look_up(std::string e164, std::string mark,
                       carrier_done<std::optional<carrier_number>> done) = 0;
  virtual void set_routing(std::string e164, number_routing routing, carrier_done<void> done) = 0;
  // Gives the number back. A number that is not ours any more is success.
  virtual void release(std::string e164, std::string mark, carrier_done<void> done) = 0;
  // Everything the account owns, by page.
  virtual void list_owned(std::optional<std::string> cursor, std::size_t limit,
                          carrier_done<carrier_number_page> done) = 0;
  // Files a campaign (or a toll-free verification); the same mark and submission again give the
  // same filing, a higher submission has a rejected one reviewed again.
  virtual void file_campaign(campaign_filing filing, carrier_done<campaign_report> done) = 0;
  virtual void campaign_state(std::string reference, carrier_done<campaign_report> done) = 0;
  // Lets a number send under a campaign. Repeatable.
  virtual void attach_number(std::string campaign_reference, std::string e164,
                             carrier_done<void> done) = 0;

  // ---- registration -------------------------------------------------------------------------
  // The defaults below say that the carrier does not offer the call (not_configured).

  // Registers the company; the same mark and submission again give the same brand, a higher
  // submission checks a failed one again with what it says now.
  virtual void file_brand(brand_filing filing, carrier_done<brand_report> done);
  virtual void brand_state(std::string reference, carrier_done<brand_report> done);
  // Sole proprietor: texts a new one-time code; confirms it. refused: wrong or expired code.
  virtual void resend_brand_code(std::string reference, carrier_done<brand_report> done);
  virtual void confirm_brand_code(std::string reference, std::string code,
                                  carrier_done<brand_report> done);
  virtual void attachment_state(std::string campaign_reference, std::string e164,
                                carrier_done<attachment_report> done);
  // Ends a campaign for good; one that is not there any more is success.
  virtual void end_campaign(std::string reference, carrier_done<void> done);

  // ---- texts --------------------------------------------------------------------------------

  // Hands a text to the carrier. Never repeated by the adapter.
  virtual void send_text(text_order order, carrier_done<text_receipt> done);
  // The text with our id, if the carrier has it; nothing proves nothing before
  // abilities().text_settling_time.
  virtual void look_up_text(std::string id, std::string from, std::string to,
                            carrier_done<std::optional<text_receipt>> done);

  // ---- webhooks in (at once, from any thread, no I/O) ------------------------------------------

  // Checks the signature (refused: it is not the carrier's) and names the event.
  virtual result<verified_webhook> verify_webhook(const carrier_webhook& received) const;
  // What a verified body says; several things, one, or none that concerns us. Hostile bodies are
  // an error, never a crash.
  virtual result<std::vector<carrier_news>> read_webhook(std::string_view body) const;
};

}  // namespace dialplane
