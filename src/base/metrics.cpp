#include "base/metrics.hpp"

#include <charconv>
#include <variant>

#include "base/check.hpp"

namespace dialplane {

namespace {

bool is_metric_name(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
  };
  if (name.empty() || !letter(name.front())) return false;
  for (const char c : name) {
    if (!letter(c) && !(c >= '0' && c <= '9')) return false;
  }
  return true;
}

void append_metric_number(std::string& out, double value) {
  std::array<char, 400> digits;  // the longest double in fixed form
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value,
                                 std::chars_format::fixed)
                       .ptr;
  out.append(digits.data(), end);
}

void append_metric_text(std::string& out, std::string_view text, bool quotes) {
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\\' || (quotes && c == '"')) {
      out.append({'\\', c});
    } else {
      out += c;
    }
  }
}

using label_texts = std::vector<std::string>;

// {name="value",…}, with `le` as one more where it is not empty; nothing where there is none.
void append_labels(std::string& out, const label_texts& names, const label_texts& values,
                   std::string_view le = {}) {
  if (names.empty() && le.empty()) return;
  out += '{';
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += ',';
    out.append(names[i]).append("=\"");
    append_metric_text(out, values[i], true);
    out += '"';
  }
  if (!le.empty()) {
    if (!names.empty()) out += ',';
    out.append("le=\"").append(le).append("\"");
  }
  out += '}';
}

void append_sample(std::string& out, const std::string& name, const label_texts& names,
                   const label_texts& values, const std::string& number) {
  out += name;
  append_labels(out, names, values);
  out.append(" ").append(number).append("\n");
}

void render_series(std::string& out, const std::string& name, const label_texts& names,
                   const label_texts& values, const counter& series) {
  append_sample(out, name, names, values, std::to_string(series.value()));
}

void render_series(std::string& out, const std::string& name, const label_texts& names,
                   const label_texts& values, const gauge& series) {
  append_sample(out, name, names, values, std::to_string(series.value()));
}

void render_series(std::string& out, const std::string& name, const label_texts& names,
                   const label_texts& values, const histogram& series) {
  const std::span<const double> bounds = series.bounds();
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i <= bounds.size(); ++i) {
    so_far += series.bucket(i);
    std::string le = "+Inf";
    if (i < bounds.size()) {
      le.clear();
      append_metric_number(le, bounds[i]);
    }
    out.append(name).append("_bucket");
    append_labels(out, names, values, le);
    out.append(" ").append(std::to_string(so_far)).append("\n");
  }
  std::string sum;
  append_metric_number(sum, series.sum());
  append_sample(out, name + "_sum", names, values, sum);
  // The same total as the last bucket, even while others observe.
  append_sample(out, name + "_count", names, values, std::to_string(so_far));
}

constexpr std::array<double, 16> second_bounds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                  0.05,   0.1,   0.25,   0.5,   1,    2.5,
                                                  5,      10,    20,     30};
constexpr std::array<double, 13> size_bounds = {1,   2,   4,   8,    16,   32,  64,
                                                128, 256, 512, 1024, 2048, 4096};

std::string_view type_word(const metric_family<counter>&) { return "counter"; }
std::string_view type_word(const metric_family<gauge>&) { return "gauge"; }
std::string_view type_word(const metric_family<histogram>&) { return "histogram"; }

}  // namespace

histogram::histogram(std::span<const double> bounds) : bound_count_(bounds.size()) {
  CHECK(bounds.size() <= max_bounds && std::is_sorted(bounds.begin(), bounds.end()));
  std::copy(bounds.begin(), bounds.end(), bounds_.begin());
}

void histogram::observe(double value) noexcept {
  std::size_t index = 0;
  while (index < bound_count_ && bounds_[index] < value) ++index;
  buckets_[index].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

std::uint64_t histogram::count() const noexcept {
  std::uint64_t total = 0;
  for (std::size_t i = 0; i <= bound_count_; ++i) total += bucket(i);
  return total;
}

std::uint64_t histogram::bucket(std::size_t index) const noexcept {
  return index <= bound_count_ ? buckets_[index].load(std::memory_order_relaxed) : 0;
}

std::span<const double> second_buckets() noexcept { return second_bounds; }
std::span<const double> size_buckets() noexcept { return size_bounds; }

template <typename Series>
metric_family<Series>::metric_family(std::string name, std::string help,
                                     std::vector<std::string> label_names,
                                     std::size_t max_series, maker make)
    : name_(std::move(name)),
      help_(std::move(help)),
      label_names_(std::move(label_names)),
      max_series_(max_series),
      make_(std::move(make)) {
  CHECK(is_metric_name(name_) && max_series_ > 0);
  for (const std::string& label : label_names_) CHECK(is_metric_name(label) && label != "le");
}

template <typename Series>
Series& metric_family<Series>::with(std::initializer_list<std::string_view> label_values) {
  CHECK(label_values.size() == label_names_.size());
  {
    const std::shared_lock lock(mutex_);
    const auto found = series_.find(label_values);
    if (found != series_.end()) return *found->second;
    if (other_ != nullptr && series_.size() >= max_series_) return *other_;
  }
  const std::unique_lock lock(mutex_);
  const auto found = series_.find(label_values);
  if (found != series_.end()) return *found->second;
  if (series_.size() + 1 < max_series_ || label_names_.empty()) {
    label_texts values(label_values.begin(), label_values.end());
    return *series_.emplace(std::move(values), make_()).first->second;
  }
  if (other_ == nullptr) {
    // The last place is kept for everything that found none.
    auto& last = series_[label_texts(label_names_.size(), "other")];
    if (last == nullptr) last = make_();
    other_ = last.get();
  }
  return *other_;
}

template class metric_family<counter>;
template class metric_family<gauge>;
template class metric_family<histogram>;

using any_family =
    std::variant<std::unique_ptr<metric_family<counter>>, std::unique_ptr<metric_family<gauge>>,
                 std::unique_ptr<metric_family<histogram>>>;

struct metrics_registry::families {
  mutable std::mutex mutex;
  std::map<std::string, any_family, std::less<>> by_name;
  std::vector<std::function<void()>> updates;

  template <typename Series>
  metric_family<Series>& family(std::string_view name, std::string_view help,
                                std::initializer_list<std::string_view> label_names,
                                std::size_t max_series,
                                typename metric_family<Series>::maker make) {
    using family_type = metric_family<Series>;
    const label_texts labels(label_names.begin(), label_names.end());
    const std::lock_guard lock(mutex);
    auto found = by_name.find(name);
    if (found == by_name.end()) {
      found = by_name
                  .emplace(std::string(name),
                           std::make_unique<family_type>(std::string(name), std::string(help),
                                                         labels, max_series, std::move(make)))
                  .first;
    }
    auto* same = std::get_if<std::unique_ptr<family_type>>(&found->second);
    CHECK(same != nullptr && (*same)->label_names_ == labels && (*same)->help_ == help);
    return **same;
  }

  template <typename Series>
  static void render(std::string& out, const metric_family<Series>& family) {
    out.append("# HELP ").append(family.name_).append(" ");
    append_metric_text(out, family.help_, false);
    out.append("\n# TYPE ").append(family.name_).append(" ").append(type_word(family)).append("\n");
    const std::shared_lock lock(family.mutex_);
    for (const auto& [values, series] : family.series_) {
      render_series(out, family.name_, family.label_names_, values, *series);
    }
  }
};

metrics_registry::metrics_registry() : families_(std::make_unique<families>()) {}
metrics_registry::~metrics_registry() = default;

metric_family<counter>& metrics_registry::counters(
    std::string_view name, std::string_view help,
    std::initializer_list<std::string_view> label_names, std::size_t max_series) {
  return families_->family<counter>(name, help, label_names, max_series,
                                    [] { return std::make_unique<counter>(); });
}

metric_family<gauge>& metrics_registry::gauges(std::string_view name, std::string_view help,
                                               std::initializer_list<std::string_view> label_names,
                                               std::size_t max_series) {
  return families_->family<gauge>(name, help, label_names, max_series,
                                  [] { return std::make_unique<gauge>(); });
}

metric_family<histogram>& metrics_registry::histograms(
    std::string_view name, std::string_view help,
    std::initializer_list<std::string_view> label_names, std::span<const double> bounds,
    std::size_t max_series) {
  auto make = [kept = std::vector<double>(bounds.begin(), bounds.end())] {
    return std::make_unique<histogram>(kept);
  };
  return families_->family<histogram>(name, help, label_names, max_series, std::move(make));
}

counter& metrics_registry::single_counter(std::string_view name, std::string_view help) {
  return counters(name, help, {}).with({});
}

gauge& metrics_registry::single_gauge(std::string_view name, std::string_view help) {
  return gauges(name, help, {}).with({});
}

histogram& metrics_registry::single_histogram(std::string_view name, std::string_view help,
                                              std::span<const double> bounds) {
  return histograms(name, help, {}, bounds).with({});
}

void metrics_registry::before_render(std::function<void()> update) {
  const std::lock_guard lock(families_->mutex);
  families_->updates.push_back(std::move(update));
}

std::string metrics_registry::render() const {
  std::vector<std::function<void()>> updates;
  {
    const std::lock_guard lock(families_->mutex);
    updates = families_->updates;
  }
  // Outside the lock: they look series up.
  for (const std::function<void()>& update : updates) update();
  std::string out;
  const std::lock_guard lock(families_->mutex);
  for (const auto& [name, family] : families_->by_name) {
    std::visit([&out](const auto& of_a_type) { families::render(out, *of_a_type); }, family);
  }
  return out;
}

}  // namespace dialplane
