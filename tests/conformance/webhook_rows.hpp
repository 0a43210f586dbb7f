// Rows of webhooks for the tests of the store and of what is built on it.
#pragma once

#include "conformance/store_fixture.hpp"
#include "store/event_queries.hpp"
#include "store/webhook_queries.hpp"

namespace dialplane::test {

inline webhook_endpoint make_endpoint(store_fixture& at, const tenant& of) {
  webhook_endpoint row;
  row.id = at.id<webhook_endpoint_id>();
  row.organization = of.company.id;
  row.url = "https://hooks.example/in";
  row.event_types = {"*"};
  row.sealed_secret = std::string("sealed\0secret", 13);
  row.secret_hint = "abcd";
  row.created_at = row.updated_at = at.time.now();
  return row;
}

inline void put(store_fixture& at, const webhook_endpoint& row) {
  at.must_write([&](session& work) -> result<bool> {
    TRY(work.webhooks().insert(row));
    return true;
  });
}

inline placed_event append_news(store_fixture& at, const tenant& of,
                                std::string type = "phone.released",
                                std::string data = R"({"tenant_user_id":null})") {
  placed_event news;
  news.what.id = at.id<event_id>();
  news.what.organization = of.company.id;
  news.what.type = std::move(type);
  news.what.data = std::move(data);
  news.what.created_at = at.time.now();
  news.position = at.must_write([&](session& work) -> result<std::int64_t> {
    TRY(work.operations().append_event(news.what));
    return work.events().last_position();
  });
  return news;
}

inline delivery make_delivery_row(store_fixture& at, const webhook_endpoint& to,
                                  const placed_event& news) {
  delivery row;
  row.id = at.id<delivery_id>();
  row.organization = to.organization;
  row.endpoint = to.id;
  row.event_position = news.position;
  row.event = news.what.id;
  row.type = news.what.type;
  row.agent = to.agent;
  row.sequence = 3;
  row.next_at = at.time.now();
  row.created_at = at.time.now();
  return row;
}

template <typename T>
std::string shown_or_null(const std::optional<T>& value, auto text) {
  return value ? text(*value) : std::string("null");
}

inline std::string shown(const webhook_endpoint& row) {
  const auto id = [](const auto& one) { return one.uuid(); };
  const auto time = [](timestamp one) { return std::to_string(one.unix_ms); };
  std::string out = row.organization.uuid() + row.id.uuid() + shown_or_null(row.user, id) +
                    shown_or_null(row.agent, id) + std::string(name_of_value(row.style)) +
                    row.url;
  for (const std::string& type : row.event_types) out += "," + type;
  return out + ";" + row.sealed_secret + ";" + row.sealed_old_secret + ";" +
         shown_or_null(row.old_secret_until, time) + row.secret_hint +
         row.display_name.value_or("null") + row.version + (row.active ? "on" : "off") +
         std::string(name_of_value(row.off_reason)) + shown_or_null(row.failing_since, time) +
         std::to_string(row.since_position) + time(row.created_at) + time(row.updated_at);
}

inline std::string shown(const delivery& row) {
  const auto id = [](const auto& one) { return one.uuid(); };
  const auto time = [](timestamp one) { return std::to_string(one.unix_ms); };
  const auto number = [](std::int64_t one) { return std::to_string(one); };
  return row.id.uuid() + row.organization.uuid() + row.endpoint.uuid() +
         number(row.event_position) + row.event.uuid() + row.type +
         shown_or_null(row.agent, id) + "," + number(row.sequence) +
         std::string(name_of_value(row.status)) + number(row.attempts) + "," +
         number(row.tries) + "," + time(row.next_at) + shown_or_null(row.last_status, number) +
         row.last_error + time(row.created_at) + shown_or_null(row.ended_at, time);
}

}  // namespace dialplane::test
