// What comparing a carrier account with our books costs us: our own time, with a carrier that
// answers at once from memory.
//
//   reconcile_bench [numbers, default 100000] [--dir DIR]
//
// A tenth of a percent of the numbers differ, so that each is looked at again. Prints one JSON
// object.
#include <poll.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <string>

#include "../support/listing_carrier.hpp"
#include "../support/thread_event_loop.hpp"
#include "base/metrics.hpp"
#include "base/random.hpp"
#include "base/sealing.hpp"
#include "domain/ownership_mark.hpp"
#include "store/reconcile_queries.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "workflow/number_routing_of.hpp"
#include "workflow/reconcile/reconciler.hpp"

namespace {

using namespace dialplane;
using wall_clock = std::chrono::steady_clock;

constexpr int numbers_per_unit = 1'000;
constexpr int one_in_differs = 1'000;

[[noreturn]] void give_up(const error& why) {
  std::fprintf(stderr, "%s\n", describe(why).c_str());
  std::exit(1);
}

template <typename T>
T must(result<T> outcome) {
  if (!outcome) give_up(outcome.error());
  if constexpr (!std::is_void_v<T>) return *std::move(outcome);
}

template <typename T, typename Unit>
T write(store& database, Unit unit) {
  std::promise<result<T>> outcome;
  database.write<T>(std::move(unit),
                    [&](result<T> value) { outcome.set_value(std::move(value)); });
  return must(outcome.get_future().get());
}

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

long rss_mb() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return used.ru_maxrss / 1024;
}

struct books {
  organization company;
  user person;
};

books found_company(store& database, id_generator& ids, timestamp now) {
  books made;
  made.company.id = ids.make<organization_id>();
  made.company.name = "Bench";
  made.company.plan = "scale";
  made.company.created_at = now;
  account_kit kit;
  kit.id = ids.make<account_kit_id>();
  kit.organization = made.company.id;
  kit.name = "Default";
  kit.is_default = true;
  kit.created_at = kit.updated_at = now;
  made.person.id = ids.make<user_id>();
  made.person.organization = made.company.id;
  made.person.kit = kit.id;
  made.person.is_default = true;
  made.person.created_at = now;
  write<void>(database, [&](session& work) -> result<void> {
    TRY(work.organizations().insert(made.company));
    TRY(work.users().insert_kit(kit));
    return work.users().insert(made.person);
  });
  return made;
}

// Both sides alike but for one in `one_in_differs`: those are missing here, there, or routed
// elsewhere in turn. Returns how many differ.
int fill(store& database, test::listing_carrier& line, const workflow_environment& env,
         const books& of, int count) {
  const timestamp long_ago = env.time.now() + -std::chrono::hours(48);
  int differ = 0;
  for (int from = 0; from < count; from += numbers_per_unit) {
    write<void>(database, [&](session& work) -> result<void> {
      for (int i = from; i < std::min(count, from + numbers_per_unit); ++i) {
        number row;
        row.id = env.ids.make<number_id>();
        row.organization = of.company.id;
        row.user = of.person.id;
        row.status = number_status::active;
        row.e164 = "+1" + std::to_string(2'000'000'000LL + static_cast<long long>(i) * 7);
        row.carrier = "line";
        row.mark = to_text({env.installation, of.company.id, env.ids.make<operation_id>()});
        row.routing_set = true;
        row.created_at = row.updated_at = long_ago;
        const int odd = i % one_in_differs == 0 ? 1 + i / one_in_differs % 3 : 0;
        differ += odd != 0;
        if (odd != 1) TRY(work.numbers().insert(row));
        if (odd == 2) continue;
        carrier_number& there = line.numbers()[row.e164];
        there.e164 = row.e164;
        there.mark = row.mark;
        there.bought_at = long_ago;
        there.routing_set = true;
        there.routing = number_routing_of(env, "line");
        if (odd == 3) there.routing.text_url = "https://elsewhere";
      }
      return {};
    });
  }
  return differ;
}

reconcile_run end_of(store& database, reconcile_id id) {
  while (true) {
    std::promise<result<std::optional<reconcile_run>>> outcome;
    database.read<std::optional<reconcile_run>>(
        [id](session& work) { return work.reconciles().find(id); },
        [&](result<std::optional<reconcile_run>> row) { outcome.set_value(std::move(row)); });
    const auto row = must(outcome.get_future().get());
    if (row && !row->is_open()) return *row;
    ::poll(nullptr, 0, 20);
  }
}

}  // namespace

int main(int argc, char** argv) {
  int count = 100'000;
  std::string parent = std::filesystem::temp_directory_path().string();
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--dir" && i + 1 < argc) {
      parent = argv[++i];
    } else {
      count = std::atoi(argv[i]);
    }
  }
  std::string folder = parent + "/reconcile-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) return 1;
  {
    system_clock time;
    system_random random;
    id_generator ids(time, random);
    business_rules rules;
    metrics_registry metrics;
    const sealer seals{sealer::key{7}, random};
    sqlite_store_options options;
    options.path = folder + "/bench.db";
    auto database = must(open_sqlite_store(std::move(options)));
    carrier_registry carriers;
    auto made = std::make_unique<test::listing_carrier>("line");
    test::listing_carrier& line = *made;
    carriers.add(std::move(made));
    workflow_environment env{*database, carriers, time,    ids,  rules,
                             metrics,   "abc123", "https://us.example", seals};
    const books of = found_company(*database, ids, time.now());
    const int differ = fill(*database, line, env, of, count);
    reconcile_settings settings;
    settings.interval = std::chrono::milliseconds(0);
    settings.look_every = std::chrono::milliseconds(10);
    test::thread_event_loop loop;
    reconciler agreement(env, loop, settings);
    agreement.start();
    const double cpu_before = cpu_seconds();
    const auto began = wall_clock::now();
    const auto ordered = write<std::vector<reconcile_run>>(
        *database, [&](session& work) { return order_comparisons(work, env, {}); });
    const reconcile_run ended = end_of(*database, ordered.front().id);
    const double seconds = std::chrono::duration<double>(wall_clock::now() - began).count();
    std::printf("{\"numbers\":%d,\"differ\":%d,\"found\":%lld,\"state\":\"%s\","
                "\"seconds\":%.2f,\"cpu_seconds\":%.2f,\"rss_mb\":%ld}\n",
                count, differ, static_cast<long long>(ended.found),
                std::string(name_of_value(ended.state)).c_str(), seconds,
                cpu_seconds() - cpu_before, rss_mb());
    agreement.stop();
    database->close();
  }
  std::filesystem::remove_all(folder);
  return 0;
}
