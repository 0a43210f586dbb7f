// What a purchase at the sandbox carrier costs: CPU time per buy with 64 waiting at a time, as the
// number of sold numbers grows; then the time to open a file of that size.
//
//   sandbox_buys [purchases, default 200000]
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/random.hpp"
#include "carriers/sandbox/sandbox_carrier.hpp"
#include "../support/manual_event_loop.hpp"

namespace {

using namespace dialplane;
using namespace std::chrono_literals;
using wall_clock = std::chrono::steady_clock;

constexpr int at_a_time = 64;

double cpu_us() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto us = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
  };
  return us(used.ru_utime) + us(used.ru_stime);
}

long rss_kb() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return used.ru_maxrss;
}

double ms_since(wall_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(wall_clock::now() - start).count();
}

std::unique_ptr<sandbox::sandbox_carrier> open(const std::string& path,
                                               const dialplane::clock& time,
                                               random_source& random) {
  auto opened = sandbox::sandbox_carrier::open({.file_path = path}, time, random);
  if (!opened) {
    std::fprintf(stderr, "%s\n", describe(opened.error()).c_str());
    std::exit(1);
  }
  return *std::move(opened);
}

// 64 purchases under way until `count` are done.
void buy(sandbox::sandbox_carrier& carrier, test::manual_event_loop& loop, int first, int count) {
  int done = 0;
  for (int started = 0; done < count;) {
    while (started < count && started - done < at_a_time) {
      const auto offer = carrier.offer_at_once({number_type::local, {}, 1});
      if (!offer) std::exit(2);
      char mark[64];
      std::snprintf(mark, sizeof mark, "dp1_abc123_0OrganizationOfSome22Ch_%022d", first + started);
      carrier.buy({offer->e164, mark, {"http://127.0.0.1:8080/in/t", "http://127.0.0.1:8080/in/v"}},
                  [&done](result<carrier_number> outcome) {
                    if (!outcome) std::exit(3);
                    ++done;
                  });
      ++started;
    }
    const int before = done;
    loop.run_until([&] { return done > before; });
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int total = argc > 1 ? std::atoi(argv[1]) : 200'000;
  const auto folder = std::filesystem::temp_directory_path() / "dialplane-sandbox-buys";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directory(folder);
  const std::string path = (folder / "sandbox.db").string();
  test::shared_manual_clock time;
  test::manual_event_loop loop(time);
  seeded_random random(1);
  {
    const auto carrier = open(path, time, random);
    const int slice = total < 10 ? total : total / 10;
    for (int bought = 0; bought < total; bought += slice) {
      const double cpu_before = cpu_us();
      const auto start = wall_clock::now();
      buy(*carrier, loop, bought, slice);
      std::printf("%8d sold: %5.1f us of CPU per buy, %.0f buys/s, peak rss %ld MB\n",
                  bought + slice, (cpu_us() - cpu_before) / slice, slice * 1e3 / ms_since(start),
                  rss_kb() / 1024);
    }
  }
  const double cpu_before = cpu_us();
  const auto reopened = open(path, time, random);
  std::printf("opened again in %.0f ms of CPU with %lld sold\n", (cpu_us() - cpu_before) / 1e3,
              static_cast<long long>(reopened->counts().sold));
  std::filesystem::remove_all(folder);
  return 0;
}
