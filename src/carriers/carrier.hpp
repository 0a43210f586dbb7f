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
#include "carriers/carrier_call.hpp"
#include "carriers/carrier_price.hpp"
#include "domain/campaign.hpp"
#include "domain/message.hpp"
#include "domain/plans_and_prices.hpp"

namespace dialplane {

// What a carrier can do; data, so that the workflow asks instead of knowing names.
struct carrier_abilities {
  std::string name;                    // of the account: stored with each number
  bool search_is_local = false;        // search answers from memory, at once
  bool shows_prices = false;           // offers have the carrier's own price
  bool reserves = false;               // reserve() holds a number for some minutes
  bool sells_toll_free = true;
  bool takes_calls = true;             // routes a number's calls to our voice webhook
  bool registers_brands = true;        // file_brand, file_campaign and what follows from them
  bool lists_texts = false;            // received_texts() finds what a lost webhook told
  // Numbers live in an account per customer, named by `owner`; they never move to another.
  bool numbers_belong_to_owner = false;
  bool is_real = false;                // spends real money; needs a public address of ours
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
  std::string contains = {};           // digits that occur in this order, side by side
  std::string locality = {};           // a town
  std::string region = {};             // a state, two letters
  number_features features = {};       // that the number must have
  std::string owner = {};              // as in number_purchase
};

struct number_offer {
  std::string e164;
  std::string locality = {};
  std::string region = {};
  number_features features = {.texts = true, .media = true, .calls = true};
  std::optional<carrier_price> price = std::nullopt;  // where the carrier tells
  bool reservable = false;
};

// A number held for us at the carrier, not bought.
struct number_reservation {
  std::string reference;
  timestamp expires_at;
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
  // Whose number it will be: a short text [A-Za-z0-9_-], the same for all numbers and filings of
  // one customer. Carriers with an account per customer open one under it. Empty: nobody's.
  std::string owner = {};
  std::string reservation = {};        // reference of a reservation of this number, if any
};

// How far a purchase is at a carrier that takes orders and delivers later.
enum class order_standing {
  owned,
  pending,  // ordered; look_up tells when it is owned or failed
  failed,   // ended without a number, for good: nothing was paid
};

struct carrier_number {
  std::string e164;
  std::string mark;                    // as the carrier keeps it, possibly not ours
  timestamp bought_at;
  bool routing_set = false;
  order_standing standing = order_standing::owned;
  std::string standing_detail = {};    // the carrier's own word
  std::string reference = {};          // the carrier's id of the number
  number_routing routing = {};         // as the carrier has it, where it tells
  std::string campaign_reference = {}; // where the carrier tells
  std::optional<carrier_price> price = std::nullopt;
};

// A number's whole routing in the carrier's own words: kept at an import, put back at its end.
struct routing_snapshot {
  boost::json::object fields;
};

// What an account can do now, asked with calls that change nothing.
struct account_report {
  std::string account;                 // the carrier's name or id of it, fit to be shown
  std::optional<std::int64_t> balance_micro_usd;
  bool can_buy = true;
  std::vector<std::string> missing;    // sentences: what is not set up, and how to
};

struct carrier_number_page {
  std::vector<carrier_number> numbers;
  std::optional<std::string> next_cursor;
};

struct brand_filing {
  std::string mark;
  std::string owner = {};              // as in number_purchase
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
  std::string owner = {};              // as in number_purchase
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
  std::string status_url = {};         // where its reports go, at carriers that are told per text
};

struct text_receipt {
  std::string carrier_message_id;
};

// What a carrier says on its own, read from a verified webhook.
enum class carrier_news_kind {
  text_received,
  text_status,
  order_changed,         // of the purchase with this mark, or of this number: look it up
  registration_changed,  // of a brand, campaign or attachment: ask for its state
  recipient_opted_out,   // `from` told the carrier to stop; `to` is our number, where told
  recipient_opted_in,
};

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
  std::string mark;                    // order_changed: the purchase's
  std::string reference;               // registration_changed: the carrier's id
};

struct received_texts_page {
  std::vector<carrier_news> texts;     // text_received
  std::optional<std::string> next_cursor;
};

// A webhook as it came in.
struct carrier_webhook {
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
  std::string url = {};                // as the carrier was given it: our public address
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
  // Holds a number for us, so that a quote can promise it.
  virtual void reserve(std::string e164, std::string mark,
                       carrier_done<number_reservation> done);
  // The number's whole routing as it is, and back to what it was.
  virtual void read_routing(std::string e164, carrier_done<routing_snapshot> done);
  virtual void restore_routing(std::string e164, routing_snapshot before,
                               carrier_done<void> done);
  // Asks the account about itself; refused (carrier_credentials_rejected) where it does not let
  // us in. Changes nothing.
  virtual void check_account(carrier_done<account_report> done);
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

  // How far a text is by now: for reports that never came (text_status).
  virtual void text_state(std::string carrier_message_id, carrier_done<carrier_news> done);
  // What came in at our numbers since then, by page: for webhooks that were lost.
  virtual void received_texts(timestamp since, std::optional<std::string> cursor,
                              carrier_done<received_texts_page> done);

  // ---- webhooks in (at once, from any thread, no I/O) ------------------------------------------

  // Checks the signature (refused: it is not the carrier's) and names the event.
  virtual result<verified_webhook> verify_webhook(const carrier_webhook& received) const;
  // What a verified body says; several things, one, or none that concerns us. Hostile bodies are
  // an error, never a crash.
  virtual result<std::vector<carrier_news>> read_webhook(std::string_view body) const;
  // What an accepted webhook is answered with.
  virtual webhook_answer acknowledgement() const;
  // A call that rings, or changed, from a verified webhook of the voice address.
  virtual result<carrier_call> read_call(std::string_view body) const;
  // What the carrier is to do with a call, in its own language.
  virtual webhook_answer call_instructions(const call_plan& plan) const;
};

}  // namespace dialplane
