// Counters, gauges and histograms, rendered in the Prometheus text format 0.0.4.
//
// A registry owns families; a family owns its series (one per combination of label values), whose
// addresses stay valid as long as the registry. Look a series up once and keep the pointer where
// it is hot: adding is one relaxed atomic. Label values from outside must be bounded by the caller;
// as a second fence a family keeps at most `max_series`, the excess goes to a series whose labels
// are all "other".
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dialplane {

class counter {
 public:
  void add(std::uint64_t n = 1) noexcept { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class gauge {
 public:
  void set(std::int64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
  void add(std::int64_t n) noexcept { value_.fetch_add(n, std::memory_order_relaxed); }
  std::int64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

class histogram {
 public:
  static constexpr std::size_t max_bounds = 24;

  // `bounds`: upper ends of the buckets, rising, at most max_bounds; "+Inf" is added.
  explicit histogram(std::span<const double> bounds);
  void observe(double value) noexcept;
  std::uint64_t count() const noexcept;
  double sum() const noexcept { return sum_.load(std::memory_order_relaxed); }
  std::span<const double> bounds() const noexcept { return {bounds_.data(), bound_count_}; }
  // Not cumulative; index bounds().size() is what lies beyond the last bound.
  std::uint64_t bucket(std::size_t index) const noexcept;

 private:
  std::array<double, max_bounds> bounds_{};
  std::size_t bound_count_;
  std::array<std::atomic<std::uint64_t>, max_bounds + 1> buckets_{};
  std::atomic<double> sum_{0};
};

// For latencies in seconds: 0.0005 to 30.
std::span<const double> second_buckets() noexcept;
// For sizes of batches: 1 to 4096, doubling.
std::span<const double> size_buckets() noexcept;

// Orders label values; compares stored ones with asked ones without copying.
struct label_values_before {
  using is_transparent = void;
  template <typename A, typename B>
  bool operator()(const A& a, const B& b) const {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
  }
};

template <typename Series>
class metric_family {
 public:
  using maker = std::function<std::unique_ptr<Series>()>;

  metric_family(std::string name, std::string help, std::vector<std::string> label_names,
                std::size_t max_series, maker make);

  // One value per label name (checked). Makes the series at first use.
  Series& with(std::initializer_list<std::string_view> label_values);

 private:
  friend class metrics_registry;

  const std::string name_;
  const std::string help_;
  const std::vector<std::string> label_names_;
  const std::size_t max_series_;
  const maker make_;
  mutable std::shared_mutex mutex_;
  std::map<std::vector<std::string>, std::unique_ptr<Series>, label_values_before> series_;
  Series* other_ = nullptr;
};

extern template class metric_family<counter>;
extern template class metric_family<gauge>;
extern template class metric_family<histogram>;

class metrics_registry {
 public:
  static constexpr std::size_t default_max_series = 200;

  metrics_registry();
  ~metrics_registry();
  metrics_registry(const metrics_registry&) = delete;
  metrics_registry& operator=(const metrics_registry&) = delete;

  // The same name again gives the same family (its help and labels must agree: checked).
  metric_family<counter>& counters(std::string_view name, std::string_view help,
                                   std::initializer_list<std::string_view> label_names,
                                   std::size_t max_series = default_max_series);
  metric_family<gauge>& gauges(std::string_view name, std::string_view help,
                               std::initializer_list<std::string_view> label_names,
                               std::size_t max_series = default_max_series);
  metric_family<histogram>& histograms(std::string_view name, std::string_view help,
                                       std::initializer_list<std::string_view> label_names,
                                       std::span<const double> bounds = second_buckets(),
                                       std::size_t max_series = default_max_series);
  // Without labels.
  counter& single_counter(std::string_view name, std::string_view help);
  gauge& single_gauge(std::string_view name, std::string_view help);
  histogram& single_histogram(std::string_view name, std::string_view help,
                              std::span<const double> bounds = second_buckets());

  // Runs before each render, to set gauges that are cheaper to ask for than to keep.
  void before_render(std::function<void()> update);

  // Content-Type: text/plain; version=0.0.4; charset=utf-8. Families by name.
  std::string render() const;

 private:
  struct families;
  std::unique_ptr<families> families_;
};

}  // namespace dialplane
