// What the store alone can do: the writes of a provision, as the use case and the runner make them,
// through producers that each wait for the commit before they go on.
//
//   store_bench [--provisions 20000] [--producers 64] [--naive] [--preload N] [--path FILE]
//
// Two commits per provision (accept, settle). Prints provisions and units per second, processor
// time per provision (all threads), units per commit, and how long the slowest commits took.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "support/thread_event_loop.hpp"

namespace dialplane {
namespace {

struct settings {
  int provisions = 20'000;
  int producers = 64;
  int preload = 0;
  bool naive = false;
  std::string path = "/tmp/dialplane-store-bench.db";
};

[[noreturn]] void fail(const error& failure) {
  std::fprintf(stderr, "store_bench: %s\n", describe(failure).c_str());
  std::exit(1);
}

// A request body and an answer of the usual length.
const std::string request_json =
    R"({"type":"local","area_code":"415","policy":"state","label":"Support line","agent":)"
    R"("agent_0000000000000000000001","with_campaign":false,"registers_brand":false,"price":0})";
const std::string outcome_json =
    R"({"phone":{"id":"pn_0000000000000000000001","number":"+14155550132","label":"Support line",)"
    R"("area_code":"415","status":"active","capabilities":{"sms_outbound":false,)"
    R"("sms_inbound":true,"voice":true},"type":"local","created_at":"2026-03-01T00:00:00.000Z",)"
    R"("updated_at":"2026-03-01T00:00:00.000Z"},"credits_used":50,"credits_remaining":950})";

class bench {
 public:
  bench(store& db, const settings& how) : db_(db), how_(how) {}

  void prepare() {
    owner_.id = ids_.make<organization_id>();
    owner_.name = "Bench";
    owner_.plan = "scale";
    kit_.id = ids_.make<account_kit_id>();
    kit_.organization = owner_.id;
    kit_.is_default = true;
    user_.id = ids_.make<user_id>();
    user_.organization = owner_.id;
    user_.kit = kit_.id;
    user_.is_default = true;
    agent_.id = ids_.make<agent_id>();
    agent_.organization = owner_.id;
    agent_.name = "Customer support";
    key_.id = ids_.make<api_key_id>();
    key_.organization = owner_.id;
    run_and_wait([this](session& work) -> result<void> {
      TRY(work.organizations().insert(owner_));
      TRY(work.organizations().insert_key(key_));
      TRY(work.users().insert_kit(kit_));
      TRY(work.users().insert(user_));
      TRY(work.agents().insert(agent_));
      ledger_entry gift = move_of(ledger_account::granted, ledger_account::available);
      gift.amount = micro_credits::credits(1'000'000'000);
      TRY(work.ledger().post(gift));
      return {};
    });
  }

  void preload(int numbers) {
    for (int done = 0; done < numbers; done += 1000) {
      run_and_wait([this](session& work) -> result<void> {
        for (int i = 0; i < 1000; ++i) {
          number row = new_number();
          row.status = number_status::active;
          row.e164 = next_e164();
          TRY(work.numbers().insert(row));
        }
        return {};
      });
    }
  }

  void run() {
    left_ = how_.provisions;
    test::countdown all(how_.provisions);
    all_ = &all;
    for (int i = 0; i < how_.producers; ++i) {
      loop_.post([this] { accept(); });
    }
    if (!all.wait(std::chrono::minutes(10))) std::exit(1);
  }

 private:
  struct pending {
    number phone;
    operation work;
    job first;
  };

  template <typename Unit>
  void run_and_wait(Unit unit) {
    test::expected_value<result<void>> ended;
    db_.write<void>(std::move(unit), [&](result<void> how) { ended.set(std::move(how)); });
    const auto outcome = ended.wait();
    if (!outcome) std::exit(1);
    if (!*outcome) fail(outcome->error());
  }

  std::string next_e164() {
    // Scattered over the area codes, as purchases are.
    const std::uint64_t value = serial_++ * 2'654'435'761ULL % 8'000'000'000ULL;
    return "+1" + std::to_string(2'000'000'000ULL + value);
  }

  number new_number() {
    number row;
    row.id = ids_.make<number_id>();
    row.organization = owner_.id;
    row.user = user_.id;
    row.bought_through = how_.naive ? dialect::naive : dialect::cartesia;
    row.label = "Support line";
    row.area_code_asked = "415";
    if (!how_.naive) row.inbound_agent = agent_.id;
    row.carrier = "sandbox";
    row.mark = "dp1-0000000000000000000000-0000000000000000000000";
    row.created_at = row.updated_at = time_.now();
    return row;
  }

  ledger_entry move_of(ledger_account from, ledger_account to) {
    ledger_entry entry;
    entry.id = ids_.make<ledger_entry_id>();
    entry.organization = owner_.id;
    entry.user = user_.id;
    entry.kind = ledger_kind::hold;
    entry.from = from;
    entry.to = to;
    entry.amount = micro_credits::credits(4);
    entry.action = "phone.provision";
    entry.reference = entry.id.uuid();
    entry.created_at = time_.now();
    return entry;
  }

  result<void> audit(session& work, std::string_view action, const operation& on) {
    audit_entry entry;
    entry.id = ids_.make<audit_id>();
    entry.organization = owner_.id;
    entry.actor_type = "agent";
    entry.key = key_.id;
    entry.action = action;
    entry.object = on.id.uuid();
    entry.detail = R"({"dialect":"cartesia","type":"local","area_code":"415"})";
    entry.request_id = on.request_id;
    entry.at = time_.now();
    return work.audit().append(entry);
  }

  result<void> judge(session& work) {
    TRY(work.organizations().find(owner_.id));
    TRY(work.users().find(owner_.id, user_.id));
    TRY(work.users().find_kit(owner_.id, kit_.id));
    TRY(work.agents().find(owner_.id, agent_.id));
    TRY(work.organizations().slots_used(owner_.id));
    TRY(work.organizations().find_key(owner_.id, key_.id));
    TRY(work.organizations().usage_of_key(key_.id, 20'000));
    return {};
  }

  result<pending> accept_unit(session& work) {
    TRY(judge(work));
    pending fresh;
    fresh.phone = new_number();
    operation& act = fresh.work;
    act.id = ids_.make<operation_id>();
    act.organization = owner_.id;
    act.user = user_.id;
    act.key = key_.id;
    act.request_id = act.id.uuid();
    act.step = operation_step::intent_written;
    act.number = fresh.phone.id;
    act.request = request_json;
    act.carrier = "sandbox";
    act.e164 = next_e164();
    act.mark = fresh.phone.mark;
    act.created_at = act.updated_at = time_.now();
    act.intent_at = act.created_at;
    TRY(work.numbers().insert(fresh.phone));
    TRY(work.operations().insert(act));
    TRY(work.organizations().add_slots_used(owner_.id, 1));
    if (how_.naive) {
      TRY(work.ledger().post(move_of(ledger_account::available, ledger_account::held)));
    }
    TRY(work.organizations().add_usage_of_key(key_.id, 20'000, {.purchases = 1, .spent = {}}));
    TRY(audit(work, "phone.provision.accepted", act));
    fresh.first.id = ids_.make<job_id>();
    fresh.first.organization = owner_.id;
    fresh.first.subject = act.id.bytes;
    fresh.first.run_at = act.created_at;
    fresh.first.leased_until = act.created_at + std::chrono::seconds(30);
    TRY(work.jobs().insert(fresh.first));
    return fresh;
  }

  result<void> settle_unit(session& work, pending fresh) {
    TRY_ASSIGN(std::optional<number> row, work.numbers().find(owner_.id, fresh.phone.id));
    row->status = number_status::active;
    row->e164 = fresh.work.e164;
    row->routing_set = true;
    row->updated_at = time_.now();
    TRY(work.numbers().update(*row));
    if (how_.naive) TRY(work.ledger().post(move_of(ledger_account::held, ledger_account::spent)));
    operation& act = fresh.work;
    act.state = operation_state::succeeded;
    act.step = operation_step::settled;
    act.outcome = outcome_json;
    act.updated_at = time_.now();
    TRY(work.operations().update(act));
    TRY(work.jobs().remove(fresh.first.id));
    event news;
    news.id = ids_.make<event_id>();
    news.organization = owner_.id;
    news.user = user_.id;
    news.type = "phone.provisioned";
    news.data = outcome_json;
    news.created_at = act.updated_at;
    TRY(work.operations().append_event(news));
    return audit(work, "phone.provision.settled", act);
  }

  void accept() {
    if (left_.fetch_sub(1) <= 0) return;
    db_.write_repeatable<pending>([this](session& work) { return accept_unit(work); },
                       [this](result<pending> fresh) {
                         if (!fresh) fail(fresh.error());
                         settle(*std::move(fresh));
                       });
  }

  void settle(pending fresh) {
    db_.write_repeatable<void>(
        [this, fresh = std::move(fresh)](session& work) { return settle_unit(work, fresh); },
        [this](result<void> done) {
          if (!done) fail(done.error());
          all_->count();
          if (++settled_ % 512 == 0) seal();
          accept();
        });
  }

  void seal() {
    db_.write<std::size_t>([](session& work) { return work.audit().seal_some(1024); },
                           [](result<std::size_t> done) {
                             if (!done) fail(done.error());
                           });
  }

  store& db_;
  const settings& how_;
  system_clock time_;
  system_random random_;
  id_generator ids_{time_, random_};
  test::thread_event_loop loop_;
  organization owner_;
  account_kit kit_;
  user user_;
  agent agent_;
  api_key key_;
  std::atomic<std::uint64_t> serial_{1};
  std::atomic<int> left_{0};
  int settled_ = 0;
  test::countdown* all_ = nullptr;
};

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& at) {
    return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

long resident_kib() {
  std::ifstream statm("/proc/self/statm");
  long total = 0;
  long resident = 0;
  statm >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE) / 1024;
}

settings read_arguments(int count, char** words) {
  settings how;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    const auto value = [&] { return i + 1 < count ? words[++i] : "0"; };
    if (word == "--provisions") how.provisions = std::atoi(value());
    if (word == "--producers") how.producers = std::atoi(value());
    if (word == "--preload") how.preload = std::atoi(value());
    if (word == "--path") how.path = value();
    if (word == "--naive") how.naive = true;
  }
  return how;
}

void remove_files(const std::string& path) {
  for (const char* tail : {"", "-wal", "-shm"}) std::filesystem::remove(path + tail);
}

int run(const settings& how) {
  remove_files(how.path);
  configure_log({.level = log_level::warn});
  std::vector<std::int64_t> commits;
  sqlite_store_options options;
  options.path = how.path;
  options.on_commit = [&](const commit_report& done) { commits.push_back(done.commit_us); };
  auto opened = open_sqlite_store(options);
  if (!opened) fail(opened.error());
  {
    bench work(**opened, how);
    work.prepare();
    work.preload(how.preload);
    commits.clear();
    const store_statistics before = (*opened)->statistics();
    const double cpu_before = cpu_seconds();
    const auto started = std::chrono::steady_clock::now();
    work.run();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    const double cpu = cpu_seconds() - cpu_before;
    const store_statistics after = (*opened)->statistics();
    const auto units = static_cast<double>(after.written_units - before.written_units);
    const auto batches = static_cast<double>(after.write_batches - before.write_batches);
    (*opened)->close();
    std::sort(commits.begin(), commits.end());
    std::printf(
        "provisions_per_s %.0f  units_per_s %.0f  cpu_us_per_provision %.1f"
        "  units_per_commit %.1f  commit_p50_us %lld  commit_p99_us %lld  rss_mb %.1f\n",
        how.provisions / took.count(), units / took.count(), cpu * 1e6 / how.provisions,
        units / batches, static_cast<long long>(commits[commits.size() / 2]),
        static_cast<long long>(commits[commits.size() * 99 / 100]),
        static_cast<double>(resident_kib()) / 1024);
  }
  remove_files(how.path);
  return 0;
}

}  // namespace
}  // namespace dialplane

int main(int count, char** words) {
  return dialplane::run(dialplane::read_arguments(count, words));
}
