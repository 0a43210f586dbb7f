#include "server/reconcile_command.hpp"

#include <poll.h>

#include <algorithm>
#include <utility>

#include "edge/rest/reconcile_rendering.hpp"
#include "server/blocking_store.hpp"
#include "workflow/reconcile/reconciler.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr int look_pause_ms = 100;
constexpr std::chrono::minutes wait_most{14};  // the other side of the socket waits a quarter hour
constexpr std::size_t shown_max = 1'000;

using runs = std::vector<reconcile_run>;

result<bool> have_ended(store& database, const runs& ordered) {
  return read_and_wait<bool>(database, [&](session& work) -> result<bool> {
    for (const reconcile_run& one : ordered) {
      TRY_ASSIGN(const auto now, work.reconciles().find(one.id));
      if (now && now->is_open()) return false;
    }
    return true;
  });
}

bool is_agreed(const agreement_view& view, const runs& ordered) {
  const bool all_ended = std::ranges::all_of(ordered, [&](const reconcile_run& one) {
    const auto now = std::ranges::find(view.runs, one.id, &reconcile_run::id);
    return now != view.runs.end() && now->state == reconcile_state::ended;
  });
  return all_ended && view.findings.empty() && view.missing_accounts.empty();
}

}  // namespace

result<json::object> reconcile_accounts(local_environment& env, const json::object& options) {
  if (env.work == nullptr) {
    return refused(error_code::not_configured,
                   "No server runs on this data directory; start it, then compare.");
  }
  comparison_order wanted;
  wanted.carrier = option_text(options, "carrier");
  const json::value* apply = options.if_contains("apply");
  wanted.may_act = apply != nullptr && (apply->is_string() || apply->as_bool());
  TRY_ASSIGN(const runs ordered,
             write_and_wait<runs>(*env.home.database, [&](session& work) {
               return order_comparisons(work, *env.work, wanted);
             }));
  const timestamp give_up = env.home.time.now() + wait_most;
  while (true) {
    TRY_ASSIGN(const bool ended, have_ended(*env.home.database, ordered));
    if (ended) break;
    if (env.stopping || env.home.time.now() > give_up) {
      return not_done(error_code::timed_out,
                      "The comparison goes on; GET /v1/reconcile shows where it stands.", "");
    }
    poll(nullptr, 0, look_pause_ms);
  }
  TRY_ASSIGN(const agreement_view view,
             read_and_wait<agreement_view>(*env.home.database, [&](session& work) {
               return read_agreement(work, *env.work, std::nullopt, shown_max);
             }));
  json::object answer = render_agreement(view);
  answer["agrees"] = is_agreed(view, ordered);
  return answer;
}

}  // namespace dialplane
