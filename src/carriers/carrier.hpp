// The port to a carrier: the company (or the built-in sandbox) that sells numbers.
//
// Every call ends exactly once, on the loop that made it, with a value or an error whose class is
// the truth about what happened at the carrier: refused, not_done, unknown or conflict (error.hpp).
// An adapter never retries a purchase by itself and never guesses: an answer it did not get is
// `unknown`. A purchase carries our mark in a field that the carrier keeps, so that it can be
// found again. Adapters own their connections and limits; they never touch the store.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/unique_function.hpp"
#include "domain/campaign.hpp"
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

struct campaign_filing {
  std::string mark;
  campaign_kind kind = campaign_kind::ten_dlc;
  std::string use_case;
};

struct campaign_report {
  std::string reference;               // the carrier's id
  campaign_status status = campaign_status::created;
  std::optional<std::string> rejection_reason;
  // When to ask again, if undecided.
  std::chrono::milliseconds ask_again_after{1'000};
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
  // Files a campaign (or a toll-free verification); the same mark again gives the same filing.
  virtual void file_campaign(campaign_filing filing, carrier_done<campaign_report> done) = 0;
  virtual void campaign_state(std::string reference, carrier_done<campaign_report> done) = 0;
  // Lets a number send under a campaign. Repeatable.
  virtual void attach_number(std::string campaign_reference, std::string e164,
                             carrier_done<void> done) = 0;
};

}  // namespace dialplane
