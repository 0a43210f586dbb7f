// The operator's hand on the built-in sandbox carrier: order faults, set the pace of campaign
// reviews, see what the carrier believes it has sold. A port: the edge includes only this.
//
// How faults meet calls. Ordered faults form a list. Each call of a kind (`on`) takes from it the
// first fault that decides its outcome, and beside it the first `slow`, the first `hidden` and
// every `empty` that names an area code the search asks for. Each fault taken uses up one of its
// `count`. `hidden` is not taken where nothing is bought. Everything else happens as if no fault
// had been ordered.
//
// Texts: on send, `late` lets the text arrive delay_ms after its lost answer. On report (what the
// carrier tells about a text on its own), lost_before means that it never tells, slow that it
// tells delay_ms later. A text with "FAIL:some_reason" in it fails with that reason.
//
//   refused       the carrier says no, for good
//   rate_limited  the carrier did nothing and says: try again
//   slow          it acts at once and answers delay_ms later
//   lost_before   the call is lost on its way: nothing happens, no answer comes
//   lost_after    it happens, the answer is lost
//   late          the answer is lost, and it happens delay_ms after that; survives a restart
//   gone          somebody else takes the number first (on search: right after it was offered)
//   hidden        on buy: for delay_ms the number shows in no look-up and no list; on lookup: this
//                 look-up does not see what was bought in the last delay_ms
//   empty         the search finds nothing, or nothing in area_code
//   pending       on buy: an order is taken and the number delivered delay_ms later
//   undelivered   on buy: an order is taken and fails delay_ms later, without a number
//
// A lost answer is reported as `unknown` after the sandbox's answer time-out. delay_ms on an
// outcome without one of its own delays the answer, as `slow` does. Faults not used up are
// forgotten at a restart; what a `late` or `hidden` one set going is not.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "carriers/carrier.hpp"
#include "domain/named_enum.hpp"

namespace dialplane {

enum class fault_target { search, buy, release, lookup, send, report };
NAMED_ENUM(fault_target, {fault_target::search, "search"}, {fault_target::buy, "buy"},
           {fault_target::release, "release"}, {fault_target::lookup, "lookup"},
           {fault_target::send, "send"}, {fault_target::report, "report"});

enum class fault_outcome {
  refused,
  rate_limited,
  slow,
  lost_before,
  lost_after,
  late,
  gone,
  hidden,
  empty,
  pending,
  undelivered,
};
NAMED_ENUM(fault_outcome, {fault_outcome::refused, "refused"},
           {fault_outcome::rate_limited, "rate_limited"}, {fault_outcome::slow, "slow"},
           {fault_outcome::lost_before, "lost_before"}, {fault_outcome::lost_after, "lost_after"},
           {fault_outcome::late, "late"}, {fault_outcome::gone, "gone"},
           {fault_outcome::hidden, "hidden"}, {fault_outcome::empty, "empty"},
           {fault_outcome::pending, "pending"}, {fault_outcome::undelivered, "undelivered"});

struct sandbox_fault {
  fault_target on = fault_target::buy;
  fault_outcome outcome = fault_outcome::refused;
  std::int64_t count = 1;                // calls it is for, 1 to 1,000,000
  std::optional<std::int64_t> delay_ms = {};  // 0 to 55,000; default 1,000 if timed
  std::string area_code = {};            // with empty only; none: any
};

// How the reviewer is told to decide. Orders form a list; each decision takes the first order of a
// kind that fits it, and uses up one of its count. Without an order everything is approved. A
// decision is made when somebody asks for the state after the review time has passed, so an order
// reaches filings that were made before it.
//
//   approve           the next campaigns (or verifications) are approved: to let some pass first
//   reject            the next campaigns are rejected, with reason and fields
//   suspend           active campaigns are suspended when their state is asked for next
//   reinstate         suspended campaigns are active again
//   expire            active campaigns end by themselves
//   brand_fails       the next companies are not verified, with reason and fields
//   attachment_fails  the next attachments of numbers fail, with the reason
//   attachment_slow   the next attachments take a review time
//   wrong_code        the next confirmations are told that their code is wrong, whatever it is
enum class review_outcome {
  approve,
  reject,
  suspend,
  reinstate,
  expire,
  brand_fails,
  attachment_fails,
  attachment_slow,
  wrong_code,
};
NAMED_ENUM(review_outcome, {review_outcome::approve, "approve"},
           {review_outcome::reject, "reject"}, {review_outcome::suspend, "suspend"},
           {review_outcome::reinstate, "reinstate"}, {review_outcome::expire, "expire"},
           {review_outcome::brand_fails, "brand_fails"},
           {review_outcome::attachment_fails, "attachment_fails"},
           {review_outcome::attachment_slow, "attachment_slow"},
           {review_outcome::wrong_code, "wrong_code"});

struct review_order {
  review_outcome outcome = review_outcome::approve;
  std::int64_t count = 1;           // decisions it is for, 1 to 1,000,000
  std::string reason = {};          // empty: the reviewer finds one
  std::vector<std::string> fields = {};  // dot paths to correct
};

// A code that was texted to a sole proprietor and is waited for.
struct sandbox_code {
  std::string mobile_number;
  std::string code;
  timestamp expires_at;
  std::string brand_reference;
};

struct sandbox_sale {
  std::string e164;
  std::string mark;
  timestamp sold_at;
};

struct sandbox_sold_page {
  std::vector<sandbox_sale> numbers;
  std::optional<std::string> next_cursor;
};

struct sandbox_counts {
  std::int64_t sold = 0;             // to us
  std::int64_t taken_elsewhere = 0;  // by the strangers of `gone`
  std::int64_t resting = 0;          // released, not yet for sale again
  std::int64_t inbound_dropped = 0;  // texts and calls to numbers without routing, since the start
};

// A text between a handset of the sandbox and one of our numbers.
struct sandbox_text {
  std::string id;                        // ours on texts we sent; empty on all others
  std::string from;
  std::string to;
  std::string body;
  std::vector<std::string> media_urls = {};
  timestamp sent_at = {};
};

struct sandbox_text_ids {
  std::vector<std::string> ids;
  std::int64_t last = 0;                 // where the next page goes on
};

// A call from a handset to one of our numbers, and how it is to go. Its time passes at once: the
// whole call is over when it is answered about.
//
//   completed                 the agent takes it; `agent_hangs_up` or the caller does
//   busy, failed, no_answer   what the call is led to ends so
//   canceled                  the caller gives up before anybody answers
struct sandbox_call_order {
  std::string from;
  std::string to;
  call_status outcome = call_status::completed;
  std::int64_t duration_s = 5;           // of the conversation, by the sandbox's books
  bool agent_hangs_up = false;
};

// What happened: each step is a question of the sandbox with what it was told, or a report.
struct sandbox_call {
  std::string id;
  call_status status = call_status::ringing;  // as reported last
  std::vector<boost::json::object> steps;
};

// Takes a voice webhook and gives the instructions for the call. Posts without a URL are for the
// number's own voice address.
using call_sink = unique_function<void(carrier_webhook, carrier_done<webhook_answer>)>;

// Takes a webhook as the carrier's delivery service posts it; an error means: bring it again.
using webhook_sink = unique_function<void(carrier_webhook, carrier_done<void>)>;

class sandbox_control {
 public:
  virtual ~sandbox_control() = default;

  // invalid_input, naming on, outcome, count, delay_ms or area_code, for an order that makes no
  // sense. At most 256 faults wait at a time.
  virtual result<void> order_fault(sandbox_fault fault) = 0;
  // In order, with the counts that are left.
  virtual std::vector<sandbox_fault> faults() const = 0;
  virtual void clear_faults() = 0;

  // How long a campaign is under review. A new value holds for undecided campaigns too and
  // survives a restart. 0 to seven days; otherwise invalid_input naming review_ms.
  virtual std::chrono::milliseconds review() const = 0;
  virtual void set_review(std::chrono::milliseconds review, carrier_done<void> done) = 0;

  // invalid_input for an order that makes no sense. At most 64 wait at a time.
  virtual result<void> order_review(review_order wanted) = 0;
  // In order, with the counts that are left.
  virtual std::vector<review_order> reviews() const = 0;
  virtual void clear_reviews() = 0;
  // Newest first, at most 100.
  virtual void brand_codes(carrier_done<std::vector<sandbox_code>> done) = 0;
  // How long a texted code is good for; of codes texted from now on, until the restart.
  virtual std::chrono::milliseconds code_lifetime() const = 0;
  virtual void set_code_lifetime(std::chrono::milliseconds lifetime) = 0;

  // What the carrier has sold to us, hidden numbers included, in order of sale. `limit` is 1 to
  // 1,000.
  virtual void sold_page(std::optional<std::string> cursor, std::size_t limit,
                         carrier_done<sandbox_sold_page> done) = 0;
  virtual sandbox_counts counts() const = 0;

  // Texts that a handset has received, newest first; `limit` is 1 to 1,000.
  virtual void texts_received_by(std::string handset, std::size_t limit,
                                 carrier_done<std::vector<sandbox_text>> done) = 0;
  // A handset texts a number. `done` gets the carrier's id, also where nobody hears of it.
  virtual void text_from_outside(sandbox_text text, carrier_done<std::string> done) = 0;
  // A handset calls a number; nobody hears of it where the number's routing was never set.
  virtual void call_from_outside(sandbox_call_order order, carrier_done<sandbox_call> done) = 0;
  // Where its voice webhooks go: called on that loop. Once; until then every call fails.
  virtual void set_call_sink(event_loop& on, call_sink sink) = 0;
  // Our ids of all texts it took from us, repeats included, a page at a time from 0.
  virtual void taken_texts(std::int64_t after, std::size_t limit,
                           carrier_done<sandbox_text_ids> done) = 0;
  // Signs its webhooks; lives as long as its file.
  virtual const std::string& webhook_secret() const noexcept = 0;
  // Where its webhooks go: called on that loop. Once; until then they wait.
  virtual void set_webhook_sink(event_loop& on, webhook_sink sink) = 0;

  // Whether a text or call to this number reaches us. It is dropped, and counted, where the
  // number's routing was never set.
  virtual bool accepts_inbound(std::string_view e164) = 0;
};

}  // namespace dialplane
