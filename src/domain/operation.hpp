// An operation: one durable piece of work with steps. What was accepted is finished by it, also
// over a crash. docs/operations.md draws the machine.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "domain/named_enum.hpp"
#include "domain/number.hpp"

namespace dialplane {

enum class operation_kind {
  provision_number,
  release_number,
  register_brand,
  register_campaign,
  attach_number,
  end_campaign,
  import_number,
};
NAMED_ENUM(operation_kind, {operation_kind::provision_number, "provision_number"},
           {operation_kind::release_number, "release_number"},
           {operation_kind::register_brand, "register_brand"},
           {operation_kind::register_campaign, "register_campaign"},
           {operation_kind::attach_number, "attach_number"},
           {operation_kind::end_campaign, "end_campaign"},
           {operation_kind::import_number, "import_number"});

enum class operation_state { open, succeeded, failed };
NAMED_ENUM(operation_state, {operation_state::open, "open"},
           {operation_state::succeeded, "succeeded"}, {operation_state::failed, "failed"});

// What is durable. A step is written before and after each outside call.
enum class operation_step {
  accepted,         // everything needed to finish is stored; nothing outside has happened
  intent_written,   // one exact number is named; the purchase may now leave at any time
  order_pending,    // the carrier took the order and will deliver, or not
  outcome_unknown,  // an answer was lost: only a look-up may lead on
  number_bought,    // the carrier confirmed; routing is still to be set
  settled,          // number active, money captured: the end
  compensated,      // ended without a number; slot and hold are back
  release_written,  // release may now leave for the carrier
  filing_written,   // brand or campaign filing may now leave for the carrier
  in_review,        // the carrier has it and decides
  attach_written,   // the attachment may now leave for the carrier
  routing_written,  // an imported number's old routing is kept; ours may now be set
  end_written,      // the end of a campaign may now leave for the carrier
};
NAMED_ENUM(operation_step, {operation_step::accepted, "accepted"},
           {operation_step::intent_written, "intent_written"},
           {operation_step::order_pending, "order_pending"},
           {operation_step::outcome_unknown, "outcome_unknown"},
           {operation_step::number_bought, "number_bought"}, {operation_step::settled, "settled"},
           {operation_step::compensated, "compensated"},
           {operation_step::release_written, "release_written"},
           {operation_step::filing_written, "filing_written"},
           {operation_step::in_review, "in_review"},
           {operation_step::attach_written, "attach_written"},
           {operation_step::routing_written, "routing_written"},
           {operation_step::end_written, "end_written"});

struct provision_plan;
struct provision_outcome;

struct operation {
  operation_id id;
  organization_id organization;
  user_id user;
  api_key_id key;                    // who asked
  std::string request_id;            // of the request that was accepted
  operation_kind kind = operation_kind::provision_number;
  operation_state state = operation_state::open;
  operation_step step = operation_step::accepted;
  dialect asked_through = dialect::naive;
  std::optional<number_id> number;
  std::optional<campaign_id> campaign;
  std::optional<approval_id> approval;
  std::string request;               // JSON: the judged request, without secrets
  std::string carrier;
  std::string e164;                  // the exact number chosen, empty before
  std::string mark;                  // our mark at the carrier
  std::int64_t attempts = 0;         // of the present step, for back-off
  std::int64_t numbers_tried = 0;    // exact numbers chosen so far
  micro_credits held;                // credits held for it
  bool slot_held = false;
  std::optional<timestamp> intent_at;  // when the last intent was written
  std::string outcome;               // JSON, final: the snapshot answers are rendered from
  timestamp created_at;
  timestamp updated_at;

  // What `request` and `outcome` say, where this process has just written them: saves reading
  // them again. Not stored.
  std::shared_ptr<const provision_plan> plan_at_hand = {};
  std::shared_ptr<const provision_outcome> outcome_at_hand = {};
};

}  // namespace dialplane
