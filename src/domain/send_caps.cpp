#include "domain/send_caps.hpp"

#include <type_traits>

#include "domain/credits_json.hpp"

namespace dialplane {

namespace {

constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t hour_ms = 60 * minute_ms;
constexpr std::int64_t day_ms = 24 * hour_ms;

// Adds a window's figure: of the same or an earlier window on top, of a later one instead.
template <typename Figure>
void add_window(std::int64_t& window, Figure& figure, std::int64_t new_window,
                const Figure& more) {
  if (new_window > window) {
    window = new_window;
    figure = more;
  } else if constexpr (std::is_same_v<Figure, micro_credits>) {
    figure = figure + more;
  } else {
    figure += more;
  }
}

std::string words_of(std::string_view limit) {
  std::string words(limit);
  for (char& c : words) c = c == '_' ? ' ' : c;
  return words;
}

}  // namespace

send_counter counted_text(timestamp now, micro_credits price, bool new_recipient) noexcept {
  send_counter one;
  one.minute = now.unix_ms / minute_ms;
  one.minute_texts = 1;
  one.hour = now.unix_ms / hour_ms;
  one.hour_new_recipients = new_recipient ? 1 : 0;
  one.day = now.unix_ms / day_ms;
  one.day_texts = 1;
  one.day_spent = price;
  return one;
}

send_counter added(const send_counter& present, const send_counter& more) noexcept {
  send_counter sum = present;
  add_window(sum.minute, sum.minute_texts, more.minute, more.minute_texts);
  add_window(sum.hour, sum.hour_new_recipients, more.hour, more.hour_new_recipients);
  std::int64_t day = sum.day;  // two figures share the day
  add_window(day, sum.day_texts, more.day, more.day_texts);
  add_window(sum.day, sum.day_spent, more.day, more.day_spent);
  return sum;
}

std::optional<reached_cap> find_reached_cap(const cap_limits& limits, const send_counter& present,
                                            const send_counter& more) noexcept {
  const send_counter then = added(present, more);
  if (limits.credits_per_day.value > 0 && more.day_spent.value > 0 &&
      then.day_spent > limits.credits_per_day) {
    return reached_cap{"credits_per_day", limits.credits_per_day.value, {(then.day + 1) * day_ms}};
  }
  if (limits.texts_per_day > 0 && then.day_texts > limits.texts_per_day) {
    return reached_cap{"texts_per_day", limits.texts_per_day, {(then.day + 1) * day_ms}};
  }
  if (limits.new_recipients_per_hour > 0 && more.hour_new_recipients > 0 &&
      then.hour_new_recipients > limits.new_recipients_per_hour) {
    return reached_cap{"new_recipients_per_hour", limits.new_recipients_per_hour,
                       {(then.hour + 1) * hour_ms}};
  }
  if (limits.texts_per_minute > 0 && then.minute_texts > limits.texts_per_minute) {
    return reached_cap{"texts_per_minute", limits.texts_per_minute,
                       {(then.minute + 1) * minute_ms}};
  }
  return std::nullopt;
}

error cap_refusal(cap_scope scope, const reached_cap& reached, timestamp now) {
  const bool in_credits = reached.limit == "credits_per_day";
  const micro_credits credits{reached.most};
  const std::string most = in_credits ? to_decimal(credits) : std::to_string(reached.most);
  error refusal{.kind = error_class::not_done,
                .code = error_code::send_cap,
                .message = "This would pass the cap of " + most + " " + words_of(reached.limit) +
                           " of the " + std::string(name_of_value(scope)) + ".",
                .hint = "Wait until the window ends, or have the operator raise messaging.caps."};
  refusal.details = boost::json::object{
      {"scope", name_of_value(scope)},
      {"limit", reached.limit},
      {"ends_at", to_rfc3339(reached.ends)},
      {"retry_after_ms", (reached.ends - now).count()}};
  if (in_credits) {
    refusal.details["most"] = credits_json(credits);
  } else {
    refusal.details["most"] = reached.most;
  }
  return refusal;
}

}  // namespace dialplane
