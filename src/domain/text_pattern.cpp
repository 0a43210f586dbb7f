#include "domain/text_pattern.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace dialplane {

namespace {

constexpr std::size_t max_depth = 16;
constexpr unsigned max_repeats = 64;

bool is_sign(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 32 && byte < 127 && !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') &&
         !(c >= 'a' && c <= 'z');
}

}  // namespace

// Thompson's construction. A piece is built into states whose way out is patched afterwards.
class text_pattern_parser {
 public:
  explicit text_pattern_parser(std::string_view pattern) : rest_(pattern) {}

  std::optional<text_pattern> parse() {
    if (rest_.starts_with("(?i)")) {
      rest_.remove_prefix(4);
      any_case_ = true;
    }
    auto whole = alternatives(0);
    if (!whole || !rest_.empty()) return std::nullopt;
    const auto end = add({.what = kind::match});
    if (!end) return std::nullopt;
    patch(*whole, *end);
    made_.start_ = whole->start;
    return std::move(made_);
  }

 private:
  using kind = text_pattern::kind;
  using state = text_pattern::state;
  using byte_set = text_pattern::byte_set;
  using index = std::uint16_t;

  // Ways out: a state, and which of its two it is.
  struct piece {
    index start = 0;
    std::vector<std::pair<index, bool>> outs;
  };

  std::optional<index> add(state one) {
    if (made_.states_.size() >= text_pattern::max_states) return std::nullopt;
    made_.states_.push_back(one);
    return static_cast<index>(made_.states_.size() - 1);
  }
  void patch(const piece& from, index to) {
    for (const auto& [at, second] : from.outs) {
      (second ? made_.states_[at].other : made_.states_[at].next) = to;
    }
  }
  std::optional<piece> single(state one) {
    const auto at = add(one);
    if (!at) return std::nullopt;
    return piece{*at, {{*at, false}}};
  }
  std::optional<piece> empty() {  // a split with one way only
    const auto at = add({.what = kind::split});
    if (!at) return std::nullopt;
    return piece{*at, {{*at, false}, {*at, true}}};
  }
  std::optional<piece> bytes(byte_set set) {
    if (any_case_) {
      for (unsigned c = 'a'; c <= 'z'; ++c) {
        const bool either = set[c] || set[c - 32];
        set[c] = either;
        set[c - 32] = either;
      }
    }
    made_.sets_.push_back(set);
    return single({.what = kind::bytes, .set = static_cast<index>(made_.sets_.size() - 1)});
  }

  std::optional<piece> alternatives(std::size_t depth) {
    if (depth > max_depth) return std::nullopt;
    auto left = sequence(depth);
    while (left && rest_.starts_with('|')) {
      rest_.remove_prefix(1);
      auto right = sequence(depth);
      if (!right) return std::nullopt;
      left = either(*std::move(left), *std::move(right));
    }
    return left;
  }

  std::optional<piece> either(piece left, piece right) {
    const auto split = add({.what = kind::split, .next = left.start, .other = right.start});
    if (!split) return std::nullopt;
    left.start = *split;
    left.outs.insert(left.outs.end(), right.outs.begin(), right.outs.end());
    return left;
  }

  std::optional<piece> sequence(std::size_t depth) {
    std::optional<piece> all = empty();
    while (all && !rest_.empty() && rest_.front() != '|' && rest_.front() != ')') {
      auto next = repeated(depth);
      if (!next) return std::nullopt;
      all = joined(*std::move(all), *std::move(next));
    }
    return all;
  }

  piece joined(piece first, piece second) {
    patch(first, second.start);
    return {first.start, std::move(second.outs)};
  }

  struct bounds {
    unsigned least = 1;
    std::optional<unsigned> most = 1;  // nothing: without end
  };

  // A counted piece is parsed anew for each of its copies.
  std::optional<piece> repeated(std::size_t depth) {
    const std::string_view before = rest_;
    auto once = atom(depth);
    if (!once) return std::nullopt;
    const auto times = read_bounds();
    if (!times) return std::nullopt;
    const std::string_view behind = rest_;
    const auto copy = [&]() -> std::optional<piece> {
      rest_ = before;
      auto again = atom(depth);
      rest_ = behind;
      return again;
    };
    return repeat(*std::move(once), *times, copy);
  }

  template <typename Copy>
  std::optional<piece> repeat(piece once, bounds times, Copy copy) {
    std::optional<piece> all;
    std::optional<piece> next = std::move(once);
    for (unsigned done = 0; done < times.least; ++done) {
      if (done > 0) next = copy();
      if (!next) return std::nullopt;
      all = all ? joined(*std::move(all), *std::move(next)) : *std::move(next);
    }
    if (times.most == times.least && all) return all;
    if (times.least > 0) next = copy();
    if (!next) return std::nullopt;
    if (!times.most) {
      auto loop = any_number(*std::move(next));
      if (!loop) return std::nullopt;
      return all ? joined(*std::move(all), *std::move(loop)) : std::move(loop);
    }
    if (*times.most == 0) return empty();
    // Each further copy may be left out, and then all behind it are.
    std::vector<std::pair<index, bool>> skips;
    for (unsigned done = times.least; done < *times.most; ++done) {
      if (done > times.least) next = copy();
      if (!next) return std::nullopt;
      const auto split = add({.what = kind::split, .next = next->start});
      if (!split) return std::nullopt;
      skips.emplace_back(*split, true);
      piece optional{*split, std::move(next->outs)};
      all = all ? joined(*std::move(all), std::move(optional)) : std::move(optional);
    }
    all->outs.insert(all->outs.end(), skips.begin(), skips.end());
    return all;
  }

  std::optional<piece> any_number(piece once) {
    const auto split = add({.what = kind::split, .next = once.start});
    if (!split) return std::nullopt;
    patch(once, *split);
    return piece{*split, {{*split, true}}};
  }

  std::optional<bounds> read_bounds() {
    if (rest_.empty()) return bounds{};
    switch (rest_.front()) {
      case '?': rest_.remove_prefix(1); return bounds{0, 1};
      case '*': rest_.remove_prefix(1); return bounds{0, std::nullopt};
      case '+': rest_.remove_prefix(1); return bounds{1, std::nullopt};
      case '{': rest_.remove_prefix(1); return read_counts();
      default: return bounds{};
    }
  }

  std::optional<bounds> read_counts() {
    const auto least = read_number();
    if (!least) return std::nullopt;
    bounds times{*least, *least};
    if (rest_.starts_with(',')) {
      rest_.remove_prefix(1);
      times.most.reset();
      if (!rest_.starts_with('}')) {
        times.most = read_number();
        if (!times.most || *times.most < *least) return std::nullopt;
      }
    }
    if (!rest_.starts_with('}')) return std::nullopt;
    rest_.remove_prefix(1);
    return times;
  }

  std::optional<unsigned> read_number() {
    unsigned value = 0;
    std::size_t digits = 0;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9' && digits < 3) {
      value = value * 10 + static_cast<unsigned>(rest_.front() - '0');
      rest_.remove_prefix(1);
      ++digits;
    }
    if (digits == 0 || value > max_repeats) return std::nullopt;
    return value;
  }

  std::optional<piece> atom(std::size_t depth) {
    if (rest_.empty()) return std::nullopt;
    const char c = rest_.front();
    rest_.remove_prefix(1);
    switch (c) {
      case '(': {
        auto inside = alternatives(depth + 1);
        if (!inside || !rest_.starts_with(')')) return std::nullopt;
        rest_.remove_prefix(1);
        return inside;
      }
      case '[': {
        const auto set = read_class();
        return set ? bytes(*set) : std::nullopt;
      }
      case '.': {
        byte_set all;
        all.set();
        all.reset('\n');
        all.reset('\r');
        return bytes(all);
      }
      case '^': return single({.what = kind::begin});
      case '$': return single({.what = kind::end});
      case '\\': {
        const auto set = read_escape();
        return set ? bytes(*set) : std::nullopt;
      }
      case ')': case ']': case '}': case '?': case '*': case '+': case '{': case '|':
        return std::nullopt;
      default: {
        byte_set one;
        one.set(static_cast<unsigned char>(c));
        return bytes(one);
      }
    }
  }

  // What stands behind a backslash.
  std::optional<byte_set> read_escape() {
    if (rest_.empty()) return std::nullopt;
    const char c = rest_.front();
    rest_.remove_prefix(1);
    byte_set set;
    const auto add_range = [&set](char from, char to) {
      for (int at = from; at <= to; ++at) set.set(static_cast<std::size_t>(at));
    };
    switch (c) {
      case 'd': add_range('0', '9'); return set;
      case 'w':
        add_range('0', '9');
        add_range('a', 'z');
        add_range('A', 'Z');
        set.set('_');
        return set;
      case 's':
        for (const char space : {' ', '\t', '\n', '\v', '\f', '\r'}) add_range(space, space);
        return set;
      default:
        if (!is_sign(c)) return std::nullopt;
        add_range(c, c);
        return set;
    }
  }

  std::optional<byte_set> read_class() {
    byte_set set;
    const bool negated = rest_.starts_with('^');
    if (negated) rest_.remove_prefix(1);
    for (bool first = true; !rest_.empty(); first = false) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == ']') {
        if (first) return std::nullopt;
        return negated ? ~set : set;
      }
      if (c == '\\') {
        const auto some = read_escape();
        if (!some) return std::nullopt;
        set |= *some;
        continue;
      }
      auto from = static_cast<unsigned char>(c);
      auto to = from;
      if (rest_.size() >= 2 && rest_[0] == '-' && rest_[1] != ']') {
        to = static_cast<unsigned char>(rest_[1]);
        rest_.remove_prefix(2);
      }
      if (from > 127 || to > 127 || to < from) return std::nullopt;
      for (unsigned at = from; at <= to; ++at) set.set(at);
    }
    return std::nullopt;
  }

  std::string_view rest_;
  bool any_case_ = false;
  text_pattern made_;
};

result<text_pattern> text_pattern::parse(std::string_view pattern, std::string_view field) {
  if (!pattern.empty() && pattern.size() <= max_bytes) {
    if (auto made = text_pattern_parser(pattern).parse()) return *std::move(made);
  }
  return bad_field(std::string(field),
                   std::string(field) + " must be at most 256 bytes of literal text with ., \\d, "
                   "\\w, \\s, [...], (...), |, ?, *, +, {n,m}, ^ and $, and not too many repeats.");
}

// The states reached at one place of the text.
struct text_pattern::run {
  explicit run(const text_pattern& of) : pattern(of), here(of.states_.size()) {}

  // Follows all ways that need no character.
  void enter(std::uint16_t at, bool is_begin, bool is_end) {
    waiting.push_back(at);
    while (!waiting.empty()) {
      const std::uint16_t next = waiting.back();
      waiting.pop_back();
      if (here[next]) continue;
      here[next] = true;
      const state& one = pattern.states_[next];
      if (one.what == kind::match) matched = true;
      if (one.what == kind::bytes) reading.push_back(next);
      if (one.what == kind::split) {
        waiting.push_back(one.next);
        waiting.push_back(one.other);
      }
      const bool passes = (one.what == kind::begin && is_begin) ||
                          (one.what == kind::end && is_end);
      if (passes) waiting.push_back(one.next);
    }
  }

  const text_pattern& pattern;
  std::vector<bool> here;
  std::vector<std::uint16_t> reading;  // those that wait for a character
  std::vector<std::uint16_t> waiting;
  bool matched = false;
};

bool text_pattern::is_in(std::string_view text) const {
  text = text.substr(0, max_text_bytes);
  run now(*this);
  now.enter(start_, true, text.empty());
  for (std::size_t at = 0; at < text.size() && !now.matched; ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const bool is_end = at + 1 == text.size();
    std::vector<std::uint16_t> before = std::exchange(now.reading, {});
    std::fill(now.here.begin(), now.here.end(), false);
    for (const std::uint16_t state_at : before) {
      const state& one = states_[state_at];
      if (sets_[one.set][byte]) now.enter(one.next, false, is_end);
    }
    now.enter(start_, false, is_end);  // a match may begin anywhere
  }
  return now.matched;
}

}  // namespace dialplane
