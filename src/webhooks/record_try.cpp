#include "webhooks/record_try.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "domain/event_types.hpp"
#include "store/webhook_queries.hpp"

namespace dialplane {

namespace {

result<void> switch_off(session& work, const recording& with, webhook_endpoint& row,
                        webhook_off_reason why) {
  row.active = false;
  row.off_reason = why;
  event news;
  news.id = with.ids.make<event_id>();
  news.organization = row.organization;
  news.user = row.user;
  news.type = webhook_disabled_event;
  boost::json::object data{{"webhook_id", row.id.uuid()},
                           {"url", row.url},
                           {"reason", name_of_value(why)},
                           {"tenant_user_id", nullptr}};
  if (row.user) data["tenant_user_id"] = row.user->uuid();
  news.data = boost::json::serialize(data);
  news.created_at = with.time.now();
  return work.operations().append_event(news);
}

// What a try means for its endpoint. True where it is switched off by it.
result<bool> judge_endpoint(session& work, const recording& with, webhook_endpoint& row,
                            const try_outcome& outcome) {
  const timestamp now = with.time.now();
  if (outcome.delivered) {
    if (!row.failing_since) return false;
    row.failing_since.reset();
    TRY(work.webhooks().update(row));
    return false;
  }
  const bool first = !row.failing_since;
  if (first) row.failing_since = now;
  const bool long_enough = now - *row.failing_since >= failing_limit;
  const bool off = row.active && (outcome.gone || long_enough);
  if (off) {
    TRY(switch_off(work, with, row,
                   outcome.gone ? webhook_off_reason::gone : webhook_off_reason::failing));
  }
  if (first || off) {
    row.updated_at = off ? now : row.updated_at;
    TRY(work.webhooks().update(row));
  }
  return off;
}

void put_outcome(delivery& row, const try_outcome& outcome) {
  ++row.attempts;
  ++row.tries;
  row.last_status = outcome.status;
  row.last_error = outcome.error;
}

delivery_attempt attempt_of(const delivery& row, const try_outcome& outcome) {
  return {.delivery = row.id,
          .number = row.tries,
          .at = outcome.started_at,
          .took_ms = outcome.took.count(),
          .status = outcome.status,
          .error = outcome.error,
          .answer = outcome.answer};
}

}  // namespace

namespace {

// A delivery that is replayed by hand has been answered before, perhaps.
result<bool> delivered_before(session& work, delivery_id id) {
  TRY_ASSIGN(const auto tries, work.webhooks().attempts_of(id));
  return std::ranges::any_of(tries, [](const delivery_attempt& each) {
    return each.error.empty();
  });
}

result<void> take_reply(session& work, const recording& with, const webhook_endpoint& to,
                        const delivery& row, const try_outcome& outcome) {
  if (!outcome.reply || !with.replies || to.agent != row.agent) return {};
  TRY_ASSIGN(const bool before, delivered_before(work, row.id));
  if (before) return {};
  return with.replies(work, *outcome.reply);
}

}  // namespace

result<recorded_try> record_try(session& work, const recording& with, const delivery& tried,
                                const try_outcome& outcome) {
  recorded_try done;
  TRY_ASSIGN(auto found, work.webhooks().find_delivery(tried.organization, tried.id));
  if (!found || found->status != delivery_status::pending || found->tries != tried.tries) {
    return done;
  }
  delivery row = *std::move(found);
  put_outcome(row, outcome);
  bool active = false;
  TRY_ASSIGN(auto endpoint, work.webhooks().find(row.organization, row.endpoint));
  if (endpoint) {
    if (outcome.delivered) TRY(take_reply(work, with, *endpoint, row, outcome));
    TRY_ASSIGN(done.switched_off, judge_endpoint(work, with, *endpoint, outcome));
    active = endpoint->active;
  }
  TRY(work.webhooks().add(attempt_of(row, outcome)));
  const timestamp now = with.time.now();
  if (outcome.delivered) {
    row.status = delivery_status::delivered;
    done.what = after_try::delivered;
  } else if (active) {
    done.next_at = next_try(with.schedule, row.attempts, now, outcome.retry_after, with.random);
  }
  if (done.next_at) {
    row.next_at = *done.next_at;
    done.what = after_try::retried;
  } else {
    if (!outcome.delivered) {
      row.status = delivery_status::dead;
      done.what = after_try::dead;
    }
    row.ended_at = now;
  }
  TRY(work.webhooks().update(row));
  return done;
}

}  // namespace dialplane
