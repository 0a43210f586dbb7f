#include "workflow/reconcile/reconciler.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <utility>

#include "base/log.hpp"
#include "store/reconcile_queries.hpp"
#include "workflow/reconcile/restore_pause.hpp"

namespace dialplane {

namespace {

using namespace std::chrono_literals;

// While purchases wait for it: an account that failed, one where something was left open.
constexpr std::chrono::milliseconds retry_failed = 30s;
constexpr std::chrono::milliseconds retry_open = 1s;
constexpr std::size_t at_once = 4;
constexpr std::chrono::milliseconds runs_kept = 30 * 24h;
constexpr std::size_t forgotten_at_once = 100;

// What one look at the store gives.
struct present_state {
  std::vector<reconcile_run> open;
  std::vector<reconcile_run> last;
  std::vector<finding_count> findings;
  std::optional<timestamp> paused_since;
};

result<present_state> look_at(session& work) {
  present_state state;
  TRY_ASSIGN(state.open, work.reconciles().open_runs());
  TRY_ASSIGN(state.last, work.reconciles().last_runs());
  TRY_ASSIGN(state.findings, work.reconciles().finding_counts());
  TRY_ASSIGN(state.paused_since, restore_pause(work));
  return state;
}

reconcile_run new_run(workflow_environment& env, std::string carrier,
                      const comparison_order& wanted) {
  reconcile_run row;
  row.id = env.ids.make<reconcile_id>();
  row.carrier = std::move(carrier);
  row.may_act = wanted.may_act;
  row.adopts = wanted.adopts;
  row.started_at = env.time.now();
  row.updated_at = row.started_at;
  return row;
}

// Runs of long ago, whose ids begin with their time.
reconcile_id first_kept(timestamp now) {
  reconcile_id id{};
  const std::int64_t before = now.unix_ms - runs_kept.count();
  for (std::size_t i = 0; i < 6; ++i) {
    id.bytes[i] = static_cast<std::uint8_t>(before >> (8 * (5 - i)) & 0xff);
  }
  return id;
}

}  // namespace

result<std::vector<reconcile_run>> order_comparisons(session& work, workflow_environment& env,
                                                     const comparison_order& wanted) {
  std::vector<std::string> names;
  for (const carrier* account : env.carriers.all()) {
    const std::string& name = account->abilities().name;
    if (!wanted.carrier || name == *wanted.carrier) names.push_back(name);
  }
  if (names.empty()) {
    return refused(error_code::not_found,
                   wanted.carrier ? "There is no carrier account " + *wanted.carrier + "."
                                  : "There is no carrier account.");
  }
  TRY_ASSIGN(const auto open, work.reconciles().open_runs());
  TRY_ASSIGN(const auto paused_since, restore_pause(work));
  comparison_order each = wanted;
  each.adopts = wanted.adopts || paused_since.has_value();
  std::vector<reconcile_run> ordered;
  for (std::string& name : names) {
    const auto same = std::ranges::find(open, name, &reconcile_run::carrier);
    if (same != open.end()) {
      ordered.push_back(*same);
      continue;
    }
    ordered.push_back(new_run(env, std::move(name), each));
    TRY(work.reconciles().insert(ordered.back()));
  }
  return ordered;
}

struct reconciler::core : std::enable_shared_from_this<core> {
  core(workflow_environment& environment, event_loop& on, reconcile_settings chosen)
      : env(environment),
        loop(on),
        settings(std::move(chosen)),
        findings(env.metrics.gauges("dialplane_reconcile_findings",
                                    "Open differences between a carrier account and our books.",
                                    {"carrier", "kind"})),
        ages(env.metrics.gauges("dialplane_reconcile_age_seconds",
                                "Since the account's last whole comparison began; -1: none yet.",
                                {"carrier"})) {}

  void look();
  void take(present_state state);
  void look_later();
  void show(const present_state& state);
  void begin(const reconcile_run& row);
  void ended(const reconcile_run& row);
  void abandon(reconcile_run row);
  std::vector<comparison_order> due(const present_state& state) const;
  bool is_due(const carrier& account, const reconcile_run* last,
              std::optional<timestamp> paused_since) const;
  void order(std::vector<comparison_order> wanted);
  void end_pause(const present_state& state);

  workflow_environment& env;
  event_loop& loop;
  const reconcile_settings settings;
  metric_family<gauge>& findings;
  metric_family<gauge>& ages;
  std::atomic<bool> stopped{false};
  // What the look under way reads may be older than an end or an order since: a comparison that
  // has ended would be begun again, one just ordered be ordered twice.
  bool look_is_stale = false;
  std::map<reconcile_id, std::shared_ptr<account_comparison>> running;
};

void reconciler::core::look_later() {
  if (stopped) return;
  loop.post_after(settings.look_every, [self = shared_from_this()] {
    if (!self->stopped) self->look();
  });
}

void reconciler::core::look() {
  look_is_stale = false;
  env.database.read<present_state>([](session& work) { return look_at(work); },
                                   [self = shared_from_this()](result<present_state> state) {
                                     if (self->stopped) return;
                                     if (!state) {
                                       log_error(log_level::error, "comparisons not read",
                                                 state.error());
                                     } else {
                                       self->take(*std::move(state));
                                     }
                                     self->look_later();
                                   });
}

void reconciler::core::take(present_state state) {
  if (look_is_stale) return;
  show(state);
  for (const reconcile_run& row : state.open) {
    if (running.size() >= at_once) break;
    if (!running.contains(row.id)) begin(row);
  }
  end_pause(state);
  std::vector<comparison_order> wanted = due(state);
  if (!wanted.empty()) order(std::move(wanted));
}

void reconciler::core::show(const present_state& state) {
  const timestamp now = env.time.now();
  for (const carrier* account : env.carriers.all()) {
    const std::string& name = account->abilities().name;
    for (const auto& [kind, kind_name] : enum_names<finding_kind>::names) {
      const auto same = std::ranges::find_if(state.findings, [&, kind = kind](const auto& one) {
        return one.carrier == name && one.kind == kind;
      });
      findings.with({name, kind_name}).set(same == state.findings.end() ? 0 : same->open);
    }
    const auto last = std::ranges::find(state.last, name, &reconcile_run::carrier);
    const bool is_whole = last != state.last.end() && last->state == reconcile_state::ended;
    if (is_whole) {
      findings.with({name, "foreign"}).set(last->foreign);
      ages.with({name}).set((now - last->started_at).count() / 1'000);
    } else if (last == state.last.end()) {
      ages.with({name}).set(-1);
    }
  }
}

// ---- running ----------------------------------------------------------------------------------

void reconciler::core::begin(const reconcile_run& row) {
  carrier* account = env.carriers.find(row.carrier);
  if (account == nullptr) return abandon(row);
  auto one = std::make_shared<account_comparison>(
      env, loop, *account, row, settings.policies, settings.pace,
      [weak = weak_from_this()](const reconcile_run& over) {
        if (const auto self = weak.lock()) self->ended(over);
      });
  running.emplace(row.id, one);
  one->start();
}

void reconciler::core::abandon(reconcile_run row) {
  row.state = reconcile_state::failed;
  row.failure = "The account was removed; its numbers are still in our books.";
  row.updated_at = env.time.now();
  row.ended_at = row.updated_at;
  env.database.write<void>([row](session& work) { return work.reconciles().update(row); },
                           [](result<void> kept) {
                             if (!kept) {
                               log_error(log_level::error, "comparison not ended", kept.error());
                             }
                           });
}

void reconciler::core::ended(const reconcile_run& row) {
  running.erase(row.id);
  look_is_stale = true;
  if (row.is_open()) return;  // the store failed or the process ends: taken up again
  log_line(row.state == reconcile_state::ended ? log_level::info : log_level::warn,
           "carrier account compared",
           {{"carrier", row.carrier},
            {"state", name_of_value(row.state)},
            {"compared", std::to_string(row.compared)},
            {"found", std::to_string(row.found)},
            {"why", row.failure}});
  env.database.write<std::int64_t>(
      [carrier = row.carrier, before = first_kept(env.time.now())](session& work) {
        return work.reconciles().forget_runs(carrier, before, forgotten_at_once);
      },
      [](result<std::int64_t>) {});
}

// ---- by itself --------------------------------------------------------------------------------

bool reconciler::core::is_due(const carrier& account, const reconcile_run* last,
                              std::optional<timestamp> paused_since) const {
  if (last != nullptr && last->is_open()) return false;
  const timestamp now = env.time.now();
  if (paused_since) {
    if (last == nullptr || last->started_at < *paused_since) return true;
    const auto age = now - last->started_at;
    if (last->state == reconcile_state::failed) return age >= retry_failed;
    return last->unanswered > 0 && age >= retry_open;
  }
  if (settings.interval.count() == 0) return false;
  if (!account.abilities().is_real && !settings.every_account) return false;
  return last == nullptr || now - last->started_at >= settings.interval;
}

std::vector<comparison_order> reconciler::core::due(const present_state& state) const {
  const auto& paused_since = state.paused_since;
  std::vector<comparison_order> wanted;
  for (const carrier* account : env.carriers.all()) {
    const std::string& name = account->abilities().name;
    const auto last = std::ranges::find(state.last, name, &reconcile_run::carrier);
    if (!is_due(*account, last == state.last.end() ? nullptr : &*last, paused_since)) continue;
    wanted.push_back({name, settings.acts && !paused_since, paused_since.has_value()});
  }
  return wanted;
}

void reconciler::core::order(std::vector<comparison_order> wanted) {
  env.database.write<bool>(
      [this, wanted = std::move(wanted)](session& work) -> result<bool> {
        for (const comparison_order& one : wanted) TRY(order_comparisons(work, env, one));
        return true;
      },
      [self = shared_from_this()](result<bool> ordered) {
        self->look_is_stale = true;
        if (!ordered) log_error(log_level::error, "comparisons not begun", ordered.error());
      });
}

void reconciler::core::end_pause(const present_state& state) {
  const auto& since = state.paused_since;
  if (!since) return;
  for (const carrier* account : env.carriers.all()) {
    const auto last =
        std::ranges::find(state.last, account->abilities().name, &reconcile_run::carrier);
    const bool is_known = last != state.last.end() && last->state == reconcile_state::ended &&
                          last->started_at >= *since && last->unanswered == 0;
    if (!is_known) return;
  }
  env.database.write<void>(
      [](session& work) { return end_restore_pause(work); },
      [](result<void> kept) {
        if (!kept) return log_error(log_level::error, "the pause did not end", kept.error());
        log_line(log_level::info, "every carrier account was compared: purchases go on");
      });
}

// ---- from outside -----------------------------------------------------------------------------

reconciler::reconciler(workflow_environment& env, event_loop& loop, reconcile_settings settings)
    : core_(std::make_shared<core>(env, loop, std::move(settings))) {}

reconciler::~reconciler() { stop(); }

void reconciler::start() {
  core_->loop.post([core = core_] {
    if (!core->stopped) core->look();
  });
}

void reconciler::stop() noexcept {
  if (core_->stopped.exchange(true)) return;
  core_->loop.post([core = core_] {
    for (const auto& [id, one] : core->running) one->stop();
  });
}

}  // namespace dialplane
