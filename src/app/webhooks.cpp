#include "app/webhooks.hpp"

#include <boost/json/serialize.hpp>
#include <utility>

#include "app/agents.hpp"
#include "app/audit_trail.hpp"
#include "app/subject.hpp"
#include "domain/event_types.hpp"
#include "store/event_queries.hpp"
#include "webhooks/fan_out.hpp"
#include "webhooks/outgoing_event.hpp"
#include "webhooks/signing.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::size_t hint_characters = 4;

error no_such_webhook() { return refused(error_code::not_found, "No such webhook."); }

void put_given(webhook_endpoint& row, const webhook_input& input) {
  if (input.url) row.url = *input.url;
  if (input.event_types) row.event_types = *input.event_types;
  if (input.display_name.present) row.display_name = input.display_name.value;
}

void put_secret(webhook_endpoint& row, const app_environment& env, const secret_string& secret) {
  const std::string_view text = secret.reveal();
  row.sealed_secret = env.seals.seal(text, webhook_secret_purpose);
  row.secret_hint.clear();
  if (text.size() >= 4 * hint_characters) {
    row.secret_hint = text.substr(text.size() - hint_characters);
  }
}

secret_string chosen_secret(const app_environment& env, const std::optional<std::string>& own) {
  return own ? secret_string(*own) : new_webhook_secret(env.random);
}

// The URL's path may hold a secret of the receiver's; the host is enough for the log.
json::object audited(const webhook_endpoint& row) {
  const std::size_t host = row.url.find("://") + 3;
  const std::size_t end = std::min(row.url.find_first_of("/?", host), row.url.size());
  json::object detail{{"url", row.url.substr(0, end)}, {"active", row.active}};
  if (row.agent) detail["agent_id"] = row.agent->uuid();
  return detail;
}

result<void> check_room(session& work, const actor& who) {
  TRY_ASSIGN(const std::int64_t count, work.webhooks().count_of(who.organization));
  if (count < webhooks_max) return {};
  return conflicting(error_code::conflict, "An organization has at most " +
                                               std::to_string(webhooks_max) + " webhooks.");
}

result<void> check_agent(session& work, const actor& who, agent_id id) {
  TRY(find_agent(work, who, id));
  TRY_ASSIGN(const auto taken, work.webhooks().find_of_agent(who.organization, id));
  if (!taken) return {};
  error failure = conflicting(error_code::conflict, "The agent has a message endpoint already.");
  failure.field = "agent_id";
  failure.hint = "Change or delete webhook " + taken->id.uuid() + ".";
  return failure;
}

}  // namespace

result<made_webhook> create_webhook(session& work, const app_environment& env, const actor& who,
                                    const webhook_creation& asked, std::string_view request) {
  TRY(check_room(work, who));
  made_webhook made;
  webhook_endpoint& row = made.row;
  if (asked.user) {
    TRY_ASSIGN(const user subject, find_subject(work, who, asked.user));
    row.user = subject.id;
  }
  if (asked.agent) TRY(check_agent(work, who, *asked.agent));
  row.id = env.ids().make<webhook_endpoint_id>();
  row.organization = who.organization;
  row.agent = asked.agent;
  row.style = asked.style;
  row.version = asked.version;
  put_given(row, asked.input);
  made.secret = chosen_secret(env, asked.secret);
  put_secret(row, env, made.secret);
  TRY_ASSIGN(row.since_position, work.events().last_position());
  row.created_at = env.now();
  row.updated_at = row.created_at;
  TRY(work.webhooks().insert(row));
  TRY(record_act(work, env, who, "webhook.created", row.id.uuid(), request, audited(row)));
  return made;
}

result<webhook_endpoint> update_webhook(session& work, const app_environment& env,
                                        const actor& who, std::optional<user_id> of,
                                        webhook_endpoint_id id, const webhook_input& input,
                                        std::string_view request) {
  TRY_ASSIGN(webhook_endpoint row, get_webhook(work, who, of, id));
  if (row.agent && input.event_types) {
    return bad_field("eventTypes", "A message endpoint gets sms.received and nothing else.");
  }
  put_given(row, input);
  if (input.active && *input.active && !row.active) {
    row.off_reason = webhook_off_reason::none;
    row.failing_since.reset();
    TRY_ASSIGN(row.since_position, work.events().last_position());
  }
  if (input.active && !*input.active && row.active) row.off_reason = webhook_off_reason::by_owner;
  if (input.active) row.active = *input.active;
  row.updated_at = env.now();
  TRY(work.webhooks().update(row));
  TRY(record_act(work, env, who, "webhook.updated", row.id.uuid(), request, audited(row)));
  return row;
}

result<void> remove_webhook(session& work, const app_environment& env, const actor& who,
                            std::optional<user_id> of, webhook_endpoint_id id,
                            std::string_view request) {
  TRY_ASSIGN(const webhook_endpoint row, get_webhook(work, who, of, id));
  TRY(work.webhooks().remove(who.organization, id));
  return record_act(work, env, who, "webhook.deleted", id.uuid(), request, audited(row));
}

result<made_webhook> rotate_webhook_secret(session& work, const app_environment& env,
                                           const actor& who, std::optional<user_id> of,
                                           webhook_endpoint_id id, std::chrono::hours overlap,
                                           std::optional<std::string> secret,
                                           std::string_view request) {
  made_webhook made;
  TRY_ASSIGN(made.row, get_webhook(work, who, of, id));
  webhook_endpoint& row = made.row;
  const timestamp now = env.now();
  row.sealed_old_secret.clear();
  row.old_secret_until.reset();
  if (overlap.count() > 0) {
    row.sealed_old_secret = row.sealed_secret;
    row.old_secret_until = now + overlap;
  }
  made.secret = chosen_secret(env, secret);
  put_secret(row, env, made.secret);
  row.updated_at = now;
  TRY(work.webhooks().update(row));
  TRY(record_act(work, env, who, "webhook.secret_rotated", id.uuid(), request,
                 {{"overlap_hours", overlap.count()}}));
  return made;
}

result<delivery> test_webhook(session& work, const app_environment& env, const actor& who,
                              std::optional<user_id> of, webhook_endpoint_id id,
                              std::string_view request) {
  TRY_ASSIGN(const webhook_endpoint row, get_webhook(work, who, of, id));
  if (!row.active) {
    return conflicting(error_code::conflict, "The webhook is switched off; switch it on first.");
  }
  placed_event news;
  news.what.id = env.ids().make<event_id>();
  news.what.organization = row.organization;
  news.what.user = row.user;
  news.what.type = webhook_test_event;
  json::object data{{"webhook_id", row.id.uuid()}, {"tenant_user_id", nullptr}};
  if (row.user) data["tenant_user_id"] = row.user->uuid();
  news.what.data = json::serialize(data);
  news.what.created_at = env.now();
  TRY(work.operations().append_event(news.what));
  TRY_ASSIGN(news.position, work.events().last_position());
  TRY(record_act(work, env, who, "webhook.tested", id.uuid(), request));
  return write_single_delivery(work, row, news, env.ids(), env.now());
}

result<delivery> replay_delivery(session& work, const app_environment& env, const actor& who,
                                 std::optional<user_id> of, delivery_id id,
                                 std::string_view request) {
  TRY_ASSIGN(auto found, work.webhooks().find_delivery(who.organization, id));
  if (!found) return refused(error_code::not_found, "No such delivery.");
  delivery row = *std::move(found);
  const auto endpoint = get_webhook(work, who, of, row.endpoint);
  if (!endpoint && endpoint.error().code != error_code::not_found) return endpoint.error();
  if (!endpoint || !endpoint->active) {
    return conflicting(
        error_code::conflict,
        "The delivery's webhook is gone or switched off; nothing can be sent to it.");
  }
  TRY_ASSIGN(const auto event, work.events().position_of(who.organization, row.event));
  if (!event) {
    return conflicting(error_code::conflict, "The event is too old and has been forgotten.");
  }
  row.status = delivery_status::pending;
  row.attempts = 0;
  row.next_at = env.now();
  row.ended_at.reset();
  TRY(work.webhooks().update(row));
  TRY(record_act(work, env, who, "webhook.delivery_replayed", id.uuid(), request));
  return row;
}

result<webhook_endpoint> get_webhook(session& work, const actor& who, std::optional<user_id> of,
                                     webhook_endpoint_id id) {
  TRY_ASSIGN(auto found, work.webhooks().find(who.organization, id));
  if (!found || (of && found->user != of)) return no_such_webhook();
  return *std::move(found);
}

result<logged_delivery> get_delivery(session& work, const actor& who, std::optional<user_id> of,
                                     delivery_id id) {
  TRY_ASSIGN(auto found, work.webhooks().find_delivery(who.organization, id));
  if (!found) return refused(error_code::not_found, "No such delivery.");
  if (of) TRY(get_webhook(work, who, of, found->endpoint));
  logged_delivery logged{*std::move(found), {}};
  TRY_ASSIGN(logged.tries, work.webhooks().attempts_of(id));
  return logged;
}

}  // namespace dialplane
