// The one verdict on a number: may it text now, and if not, what stands in the way, since when,
// and what to do next.
//
// A pure function over rows already read. Everything that shows or needs the verdict (the number,
// the status page, a send) uses this one, so that no two places can disagree.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/money.hpp"
#include "domain/campaign.hpp"
#include "domain/named_enum.hpp"
#include "domain/number.hpp"

namespace dialplane {

// In the order in which they are told: the first one is the one to act on.
enum class send_obstacle { number, brand, campaign, attachment, verification, rental, credit,
                           opt_out };
NAMED_ENUM(send_obstacle, {send_obstacle::number, "number"}, {send_obstacle::brand, "brand"},
           {send_obstacle::campaign, "campaign"}, {send_obstacle::attachment, "attachment"},
           {send_obstacle::verification, "verification"}, {send_obstacle::rental, "rental"},
           {send_obstacle::credit, "credit"}, {send_obstacle::opt_out, "opt_out"});

struct send_blocker {
  send_obstacle what = send_obstacle::number;
  std::string reason;              // a sentence: "The carrier is reviewing the campaign."
  std::optional<timestamp> since;
  std::string next_step;           // a sentence: "Nothing to do: this ends by itself."
};

struct send_readiness {
  bool may_send = false;           // true exactly when there are no blockers
  std::vector<send_blocker> blockers;
};

// The rows behind the verdict, as of one moment.
struct send_facts {
  number sender;
  std::optional<brand> registered;             // the company's registration, if any
  std::optional<dialplane::campaign> filed;    // what the number texts under
  micro_credits available;
  micro_credits segment_price;                 // 0: texts are free
};

// Every obstacle but opt_out, which is about one recipient and added where a text is judged.
send_readiness judge_readiness(const send_facts& facts);

// The registration alone: approved, and the number attached. This is capabilities.sms_outbound.
bool is_registered_to_send(const number& sender, const std::optional<campaign>& filed) noexcept;

}  // namespace dialplane
