#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

#include "base/metrics.hpp"

using namespace dialplane;

TEST_CASE("the registry renders the Prometheus text format") {
  metrics_registry registry;
  auto& requests = registry.counters("http_requests_total", "Requests by route.\nAnd status \\.",
                                     {"route", "status"});
  requests.with({"/v1/phone", "202"}).add(3);
  requests.with({"a\"b\\c\nd", "400"}).add();
  registry.single_gauge("jobs_waiting", "Jobs in the queue.").set(-2);
  auto& seconds = registry.histograms("commit_seconds", "Commit time.", {"store"},
                                      std::vector<double>{0.0005, 0.5, 10});
  seconds.with({"sqlite"}).observe(0.0005);
  seconds.with({"sqlite"}).observe(0.25);
  seconds.with({"sqlite"}).observe(99);
  CHECK(registry.render() ==
        "# HELP commit_seconds Commit time.\n"
        "# TYPE commit_seconds histogram\n"
        "commit_seconds_bucket{store=\"sqlite\",le=\"0.0005\"} 1\n"
        "commit_seconds_bucket{store=\"sqlite\",le=\"0.5\"} 2\n"
        "commit_seconds_bucket{store=\"sqlite\",le=\"10\"} 2\n"
        "commit_seconds_bucket{store=\"sqlite\",le=\"+Inf\"} 3\n"
        "commit_seconds_sum{store=\"sqlite\"} 99.2505\n"
        "commit_seconds_count{store=\"sqlite\"} 3\n"
        "# HELP http_requests_total Requests by route.\\nAnd status \\\\.\n"
        "# TYPE http_requests_total counter\n"
        "http_requests_total{route=\"/v1/phone\",status=\"202\"} 3\n"
        "http_requests_total{route=\"a\\\"b\\\\c\\nd\",status=\"400\"} 1\n"
        "# HELP jobs_waiting Jobs in the queue.\n"
        "# TYPE jobs_waiting gauge\n"
        "jobs_waiting -2\n");
}

TEST_CASE("the same name and labels give the same series") {
  metrics_registry registry;
  counter& first = registry.counters("a_total", "A.", {"x"}).with({"1"});
  counter& same = registry.counters("a_total", "A.", {"x"}).with({"1"});
  counter& other = registry.counters("a_total", "A.", {"x"}).with({"2"});
  CHECK(&first == &same);
  CHECK(&first != &other);
  CHECK(&registry.single_counter("b_total", "B.") == &registry.single_counter("b_total", "B."));
}

TEST_CASE("a family keeps a bounded number of series") {
  metrics_registry registry;
  auto& family = registry.counters("a_total", "A.", {"x", "y"}, 5);
  counter& early = family.with({"0", "y"});
  for (int i = 0; i < 1000; ++i) {
    const std::string value = std::to_string(i);
    family.with({value, "y"}).add();
  }
  CHECK(&family.with({"0", "y"}) == &early);
  CHECK(early.value() == 1);
  const std::string text = registry.render();
  CHECK(text.find("a_total{x=\"other\",y=\"other\"} 996\n") != std::string::npos);
  CHECK(text.find("{x=\"4\"") == std::string::npos);
  CHECK(text.size() < 400);
}

TEST_CASE("a histogram counts each value in the first bucket that holds it") {
  histogram series(size_buckets());
  for (const double value : {0.0, 1.0, 1.5, 2.0, 4096.0, 4097.0}) series.observe(value);
  CHECK(series.bucket(0) == 2);
  CHECK(series.bucket(1) == 2);
  CHECK(series.bucket(series.bounds().size() - 1) == 1);
  CHECK(series.bucket(series.bounds().size()) == 1);
  CHECK(series.count() == 6);
  CHECK(series.sum() == 8197.5);
  CHECK(second_buckets().front() == 0.0005);
  CHECK(second_buckets().back() == 30);
}

TEST_CASE("nothing is lost when threads add at once") {
  metrics_registry registry;
  auto& family = registry.counters("a_total", "A.", {"thread"});
  histogram& seconds = registry.single_histogram("s", "S.");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const std::string name = std::to_string(t % 2);
      for (int i = 0; i < 10'000; ++i) {
        family.with({name}).add();
        seconds.observe(0.25);
        if (i % 1000 == 0) CHECK_FALSE(registry.render().empty());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(family.with({"0"}).value() == 20'000);
  CHECK(family.with({"1"}).value() == 20'000);
  CHECK(seconds.count() == 40'000);
  CHECK(seconds.sum() == 10'000);
}

TEST_CASE("gauges can be set just before they are shown") {
  metrics_registry registry;
  gauge& depth = registry.single_gauge("depth", "D.");
  registry.before_render([&] { depth.set(7); });
  CHECK(registry.render().find("depth 7\n") != std::string::npos);
}
