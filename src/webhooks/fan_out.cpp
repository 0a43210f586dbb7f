#include "webhooks/fan_out.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/json_gate.hpp"
#include "domain/event_types.hpp"
#include "store/event_queries.hpp"
#include "store/webhook_queries.hpp"

namespace dialplane {

namespace {

constexpr std::size_t events_planned_at_once = 200;
// A plan ends with the event that reaches this.
constexpr std::size_t deliveries_at_once = 1'000;

// Decided before its data is read, which takes far longer.
bool is_about_number(const event& news) {
  return news.type.starts_with("sms.") || news.type.starts_with("phone.");
}

// The number an event is about, where it is about one.
std::optional<number_id> number_of(const event& news) {
  const auto data = parse_json_object(news.data, {.max_bytes = 1024 * 1024});
  if (!data) return std::nullopt;
  const auto* id = data->if_contains("phone_id");
  if (id == nullptr && news.type.starts_with("phone.")) id = data->if_contains("id");
  if (id == nullptr || !id->is_string()) return std::nullopt;
  return number_id::parse(id->get_string());
}

// The agent a call was for, whoever answers its number by now.
std::optional<agent_id> agent_called(const event& news) {
  const auto data = parse_json_object(news.data, {.max_bytes = 1024 * 1024});
  const auto* id = data ? data->if_contains("agent_id") : nullptr;
  if (id == nullptr || !id->is_string()) return std::nullopt;
  return agent_id::parse(id->get_string());
}

bool concerns(const webhook_endpoint& each, const placed_event& news) {
  return each.active && news.position > each.since_position && each.wants(news.what.type) &&
         (!each.user || each.user == news.what.user);
}

class planner {
 public:
  explicit planner(session& work) : work_(work) {}

  result<void> add(const placed_event& news) {
    TRY_ASSIGN(const listeners* const of, listeners_of(news.what.organization));
    for (const webhook_endpoint& each : of->subscribers) {
      if (concerns(each, news)) put(news, each.id, std::nullopt);
    }
    return of->for_agents ? add_for_agents(news) : result<void>();
  }

  fan_out_plan plan;

 private:
  // Those of one organization, as the snapshot has them.
  struct listeners {
    std::vector<webhook_endpoint> subscribers;
    bool for_agents = false;
  };

  result<const listeners*> listeners_of(organization_id owner) {
    const auto [at, fresh] = listeners_.try_emplace(owner);
    if (fresh) {
      TRY_ASSIGN(at->second.subscribers, work_.webhooks().active_of(owner));
      TRY_ASSIGN(at->second.for_agents, work_.webhooks().any_for_agents(owner));
    }
    return &at->second;
  }

  result<void> add_for_agents(const placed_event& news) {
    if (news.what.type.starts_with(call_event_prefix)) {
      const auto called = agent_called(news.what);
      return called ? add_agent_webhook(news, *called) : result<void>();
    }
    if (!is_about_number(news.what)) return {};
    const auto id = number_of(news.what);
    if (!id) return {};
    TRY_ASSIGN(const auto about, work_.numbers().find(news.what.organization, *id));
    if (!about) return {};
    if (news.what.type == text_received_event) TRY(add_message_endpoints(news, *about));
    if (!about->inbound_agent) return {};
    return add_agent_webhook(news, *about->inbound_agent);
  }

  // A text goes to the agents that may read the number's texts, and to the one that answers it.
  result<void> add_message_endpoints(const placed_event& news, const number& about) {
    std::set<agent_id> readers;
    if (about.inbound_agent) readers.insert(*about.inbound_agent);
    TRY_ASSIGN(const auto links, work_.numbers().assignments_of(about.organization, about.id));
    for (const assignment& link : links) {
      if (link.receive_sms) readers.insert(link.agent);
    }
    for (const agent_id& who : readers) {
      TRY_ASSIGN(const auto endpoint, work_.webhooks().find_of_agent(about.organization, who));
      if (endpoint && concerns(*endpoint, news)) put(news, endpoint->id, who);
    }
    return {};
  }

  // A cartesia webhook hears of the calls of the agents which it is attached to, and of the numbers
  // that they answer.
  result<void> add_agent_webhook(const placed_event& news, agent_id answering) {
    const organization_id owner = news.what.organization;
    TRY_ASSIGN(const auto who, work_.agents().find(owner, answering));
    if (!who || !who->webhook) return {};
    const auto id = webhook_endpoint_id::parse(*who->webhook);
    if (!id) return {};
    TRY_ASSIGN(const auto endpoint, work_.webhooks().find(owner, *id));
    if (endpoint && endpoint->style == webhook_style::cartesia && concerns(*endpoint, news)) {
      put(news, endpoint->id, who->id);
    }
    return {};
  }

  void put(const placed_event& news, webhook_endpoint_id to, std::optional<agent_id> agent) {
    placed_event short_form = news;
    short_form.what.data.clear();
    plan.deliveries.push_back({std::move(short_form), to, agent});
  }

  session& work_;
  std::map<organization_id, listeners> listeners_;
};

delivery make_delivery(const placed_event& news, webhook_endpoint_id to,
                       std::optional<agent_id> agent, std::int64_t sequence, id_generator& ids,
                       timestamp now) {
  delivery row;
  row.id = ids.make<delivery_id>();
  row.organization = news.what.organization;
  row.endpoint = to;
  row.event_position = news.position;
  row.event = news.what.id;
  row.type = news.what.type;
  row.agent = agent;
  row.sequence = sequence;
  row.next_at = now;
  row.created_at = now;
  return row;
}

}  // namespace

result<fan_out_plan> plan_fan_out(session& work, std::int64_t position) {
  TRY_ASSIGN(const bool any, work.webhooks().any());
  if (!any) {
    TRY_ASSIGN(const std::int64_t newest, work.events().last_position());
    return fan_out_plan{.deliveries = {}, .up_to = std::max(position, newest), .nobody = true};
  }
  TRY_ASSIGN(const auto found, work.events().after(position, events_planned_at_once));
  planner planning(work);
  planning.plan.up_to = position;
  planning.plan.more = found.size() == events_planned_at_once;
  for (const placed_event& each : found) {
    planning.plan.up_to = each.position;
    // A test event is for one endpoint, which has its delivery already.
    if (each.what.type != webhook_test_event) TRY(planning.add(each));
    if (planning.plan.deliveries.size() >= deliveries_at_once) {
      planning.plan.more = true;
      break;
    }
  }
  return std::move(planning.plan);
}

result<std::vector<reached_endpoint>> write_fan_out(session& work, const fan_out_plan& plan,
                                                    id_generator& ids, timestamp now) {
  std::map<webhook_endpoint_id, std::int64_t> counts;
  for (const planned_delivery& each : plan.deliveries) ++counts[each.endpoint];
  std::map<webhook_endpoint_id, std::int64_t> next;  // sequence numbers to give
  std::vector<reached_endpoint> reached;
  for (const planned_delivery& each : plan.deliveries) {
    const organization_id owner = each.news.what.organization;
    auto sequence = next.find(each.endpoint);
    if (sequence == next.end()) {
      const auto first = work.webhooks().take_sequence(owner, each.endpoint,
                                                       counts[each.endpoint]);
      if (!first && first.error().kind != error_class::conflict) return first.error();
      sequence = next.emplace(each.endpoint, first ? *first : 0).first;
      if (first) reached.push_back({owner, each.endpoint});
    }
    if (sequence->second == 0) continue;  // gone
    TRY(work.webhooks().insert(make_delivery(each.news, each.endpoint, each.agent,
                                             sequence->second++, ids, now)));
  }
  TRY(work.webhooks().set_fan_out_position(plan.up_to));
  return reached;
}

result<delivery> write_single_delivery(session& work, const webhook_endpoint& to,
                                       const placed_event& news, id_generator& ids,
                                       timestamp now) {
  TRY_ASSIGN(const std::int64_t sequence,
             work.webhooks().take_sequence(to.organization, to.id, 1));
  const delivery row = make_delivery(news, to.id, to.agent, sequence, ids, now);
  TRY(work.webhooks().insert(row));
  return row;
}

}  // namespace dialplane
