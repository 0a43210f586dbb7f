#include "emulators/telnyx/books.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

#include "emulators/telnyx/wire.hpp"

namespace dialplane::emulators::telnyx {

namespace {

namespace json = boost::json;

constexpr std::size_t deliveries_max = 10'000;

}  // namespace

owned_number* books::number_by_id(std::string_view id) {
  const auto found = numbers_by_id.find(id);
  const bool is_shown = found != numbers_by_id.end() && found->second->shown_from <= time.now();
  return is_shown ? found->second : nullptr;
}

owned_number* books::shown_number(std::string_view e164) {
  const auto found = numbers.find(std::string(e164));
  if (found == numbers.end() || found->second.shown_from > time.now()) return nullptr;
  return &found->second;
}

const configured_object* books::profile(std::string_view id) const { return by_id(profiles, id); }

const configured_object* books::application(std::string_view id) const {
  return by_id(applications, id);
}

owned_number& books::add_number(owned_number number) {
  const auto [at, is_new] = numbers.insert_or_assign(number.e164, std::move(number));
  if (is_new) bought_order.push_back(&at->second);
  numbers_by_id[at->second.id] = &at->second;
  return at->second;
}

void books::remove_number(const std::string& e164) {
  const auto found = numbers.find(e164);
  if (found == numbers.end()) return;
  std::erase(bought_order, &found->second);
  numbers_by_id.erase(found->second.id);
  numbers.erase(found);
}

bool books::is_taken(const std::string& e164) const {
  return numbers.contains(e164) || elsewhere.contains(e164) || being_ordered.contains(e164);
}

bool books::is_held(const std::string& e164) const {
  return std::any_of(reservations.begin(), reservations.end(), [&](const reservation& each) {
    return each.expires_at > time.now() &&
           std::find(each.numbers.begin(), each.numbers.end(), e164) != each.numbers.end();
  });
}

std::optional<review_order> books::draw_review(
    std::initializer_list<std::string_view> outcomes) {
  for (auto one = reviews.begin(); one != reviews.end(); ++one) {
    if (std::find(outcomes.begin(), outcomes.end(), one->outcome) == outcomes.end()) continue;
    review_order drawn = *one;
    if (one->count > 0 && --one->count == 0) reviews.erase(one);
    return drawn;
  }
  return std::nullopt;
}

void books::post_event(const std::string& event_type, const std::string& url,
                       const std::string& failover_url, json::object payload) {
  if (url.empty()) return;
  webhook_delivery delivery;
  delivery.id = new_uuid(random);
  delivery.url = url;
  delivery.started_at = time.now();
  delivery.webhook = {{"id", new_uuid(random)},
                      {"event_type", event_type},
                      {"occurred_at", rfc3339(time.now())},
                      {"record_type", "event"},
                      {"payload", std::move(payload)}};
  emulated_webhook out;
  out.event = event_type;
  out.url = url;
  out.fallback_url = failover_url;
  out.body = json::serialize(json::object{
      {"data", delivery.webhook}, {"meta", {{"attempt", 1}, {"delivered_to", url}}}});
  out.answered = [this, id = delivery.id](const http_answer& answer) {
    if (answer.status < 200 || answer.status > 299) return;
    if (webhook_delivery* row = by_id(deliveries, id)) row->status = "delivered";
  };
  deliveries.push_back(std::move(delivery));
  if (deliveries.size() > deliveries_max) deliveries.pop_front();
  post(std::move(out));
}

}  // namespace dialplane::emulators::telnyx
