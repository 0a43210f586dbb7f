// From events to deliveries: who gets which event, decided once.
//
// Two steps: planning reads, writing inserts the deliveries and moves the durable place in the
// outbox in one transaction, so that a kill at any point neither loses nor doubles a delivery.
// Only one at a time per installation; the dispatcher sees to that.
#pragma once

#include <cstdint>
#include <vector>

#include "domain/webhook.hpp"
#include "store/session.hpp"

namespace dialplane {

struct planned_delivery {
  placed_event news;  // without its data
  webhook_endpoint_id endpoint;
  std::optional<agent_id> agent;
};

struct fan_out_plan {
  std::vector<planned_delivery> deliveries;
  std::int64_t up_to = 0;  // every event up to there is in the plan
  bool more = false;       // further events wait
  bool nobody = false;     // no endpoint exists: events were passed over unread
};

// Reads on from `position`: at most some hundred events; or to the end, where no endpoint exists.
// An endpoint made after this snapshot begins behind it.
result<fan_out_plan> plan_fan_out(session& work, std::int64_t position);

// An endpoint that got something.
struct reached_endpoint {
  organization_id organization;
  webhook_endpoint_id endpoint;
};

// Writes the plan. What is meant for an endpoint that is gone meanwhile is left out.
result<std::vector<reached_endpoint>> write_fan_out(session& work, const fan_out_plan& plan,
                                                    id_generator& ids, timestamp now);

// One delivery outside the plan: a test event for one endpoint, its event just appended.
result<delivery> write_single_delivery(session& work, const webhook_endpoint& to,
                                       const placed_event& news, id_generator& ids,
                                       timestamp now);

}  // namespace dialplane
