#include "carriers/telnyx/rows.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "carriers/telnyx/answer_reader.hpp"
#include "carriers/telnyx/prices.hpp"

namespace dialplane::telnyx {

namespace {

namespace json = boost::json;

constexpr std::size_t numbers_per_order_max = 1'000;

constexpr auto standings = std::to_array<std::pair<std::string_view, order_standing>>({
    {"active", order_standing::owned},
    {"emergency-only", order_standing::owned},
    {"port-out-pending", order_standing::owned},
    {"purchase-pending", order_standing::pending},
    {"provision-pending", order_standing::pending},
    {"port-pending", order_standing::pending},
    {"requirement-info-pending", order_standing::pending},
    {"requirement-info-under-review", order_standing::pending},
    {"requirement-info-exception", order_standing::pending},
    {"purchase-failed", order_standing::failed},
    {"port-failed", order_standing::failed},
});

std::optional<carrier_price> price_of(answer_reader& read) {
  const json::object& cost = read.object("cost_information");
  if (cost.empty()) return std::nullopt;
  answer_reader costs(cost);
  const std::string currency = costs.text("currency", 8);
  const std::string monthly_text = costs.text("monthly_cost", 64);
  const std::string upfront_text = costs.text("upfront_cost", 64);
  if (!costs.finish() || (!currency.empty() && currency != "USD")) return std::nullopt;
  const auto monthly = parse_micro_usd(monthly_text);
  const auto upfront = parse_micro_usd(upfront_text);
  if (!monthly || !upfront || *monthly < 0 || *upfront < 0) return std::nullopt;
  return carrier_price{.monthly_micro_usd = *monthly, .upfront_micro_usd = *upfront};
}

// {"name": "sms"} in answers, "sms" in older ones.
std::string feature_name(const json::value& feature) {
  if (const json::string* text = feature.if_string()) return {text->data(), text->size()};
  const json::object* members = feature.if_object();
  if (members == nullptr) return {};
  answer_reader read(*members);
  return read.text("name", 64);
}

void read_regions(const json::array& regions, number_offer& into) {
  for (const json::value& each : regions) {
    const json::object* members = each.if_object();
    if (members == nullptr) continue;
    answer_reader read(*members);
    const std::string type = read.text("region_type", 64);
    std::string name = read.text("region_name", 256);
    if (type == "state" || type == "administrative_area") into.region = std::move(name);
    else if (type == "location" || type == "locality") into.locality = std::move(name);
    else if (type == "rate_center" && into.locality.empty()) into.locality = std::move(name);
  }
}

}  // namespace

bool order_row::has(std::string_view e164) const {
  return std::any_of(numbers.begin(), numbers.end(),
                     [&](const ordered_number& each) { return each.e164 == e164; });
}

result<number_row> read_number_row(const json::object& members) {
  answer_reader read(members);
  number_row row{.id = read.required_text("id", 64),
                 .e164 = read.required_text("phone_number", 32),
                 .mark = read.text("customer_reference"),
                 .status = read.text("status", 64),
                 .profile = read.text("messaging_profile_id", 64),
                 .connection = read.text("connection_id", 64, true),
                 .campaign = read.text("messaging_campaign_id", 64),
                 .locked = read.flag("deletion_lock_enabled"),
                 .purchased_at = read.time("purchased_at")};
  TRY(read.finish());
  return row;
}

result<number_row> read_changed_number(const json::object& body) {
  answer_reader outer(body);
  const json::object& data = outer.object("data");
  TRY(outer.finish());
  return read_number_row(data);
}

result<order_row> read_order_row(const json::object& members) {
  answer_reader read(members);
  order_row row{.id = read.required_text("id", 64),
                .mark = read.text("customer_reference"),
                .status = read.text("status", 64),
                .created_at = read.time("created_at"),
                .updated_at = read.time("updated_at")};
  const json::array& numbers = read.list("phone_numbers");
  TRY(read.finish());
  if (numbers.size() > numbers_per_order_max) {
    return internal_fault("telnyx: an order with too many numbers");
  }
  for (const json::value& each : numbers) {
    TRY_ASSIGN(const json::object* number, object_in(each));
    answer_reader part(*number);
    ordered_number found{.e164 = part.required_text("phone_number", 32),
                         .status = part.text("status", 64)};
    TRY(part.finish());
    row.numbers.push_back(std::move(found));
  }
  return row;
}

result<offer_row> read_offer_row(const json::object& members) {
  answer_reader read(members);
  offer_row row;
  row.offer.e164 = read.required_text("phone_number", 32);
  row.offer.reservable = read.flag("reservable");
  row.best_effort = read.flag("best_effort");
  row.offer.price = price_of(read);
  const json::array& features = read.list("features");
  read_regions(read.list("region_information"), row.offer);
  TRY(read.finish());
  row.offer.features = {};
  for (const json::value& each : features) {
    const std::string name = feature_name(each);
    if (name == "sms") row.offer.features.texts = true;
    if (name == "mms") row.offer.features.media = true;
    if (name == "voice") row.offer.features.calls = true;
  }
  return row;
}

std::optional<order_standing> standing_of(std::string_view number_status) {
  if (number_status == "deleted" || number_status == "ported-out") return std::nullopt;
  for (const auto& [status, standing] : standings) {
    if (status == number_status) return standing;
  }
  // A word nobody has told us of: not usable, and not given up either.
  return order_standing::pending;
}

carrier_number to_carrier_number(const number_row& row, order_standing standing) {
  carrier_number number;
  number.e164 = row.e164;
  number.mark = row.mark;
  number.bought_at = row.purchased_at.value_or(timestamp{});
  // Ours in full only with the lock that the last step of set_routing() puts on.
  number.routing_set = !row.profile.empty() && !row.connection.empty() && row.locked;
  number.standing = standing;
  number.standing_detail = row.status;
  number.reference = row.id;
  number.campaign_reference = row.campaign;
  return number;
}

}  // namespace dialplane::telnyx
