#include "emulators/telnyx/numbers_desk.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace dialplane::emulators::telnyx {

namespace {

namespace json = boost::json;

constexpr std::size_t search_rows_usual = 100;
constexpr std::size_t search_rows_max = 500;
constexpr milliseconds reservation_lasts{30 * 60'000};

json::object offer_row(const std::string& e164, const std::string& monthly, bool best_effort) {
  const std::string_view area_code = std::string_view(e164).substr(2, 3);
  json::array features;
  for (const char* name : {"sms", "mms", "voice", "fax", "emergency", "hd_voice"}) {
    features.push_back(json::object{{"name", name}});
  }
  json::array regions;
  const auto region = [&](std::string_view type, std::string name) {
    regions.push_back(json::object{{"region_type", type}, {"region_name", std::move(name)}});
  };
  region("country_code", "US");
  region("state", stock::region_of(area_code));
  region("rate_center", stock::locality_of(area_code));
  return {{"phone_number", e164},
          {"record_type", "available_phone_number"},
          {"best_effort", best_effort},
          {"quickship", true},
          {"reservable", true},
          {"features", std::move(features)},
          {"cost_information",
           {{"upfront_cost", "1.00000"}, {"monthly_cost", monthly}, {"currency", "USD"}}},
          {"region_information", std::move(regions)},
          {"vanity_format", nullptr}};
}

std::size_t limit_of(const emulated_request& request) {
  const std::string_view text = filter_of(request, "limit");
  std::size_t limit = search_rows_usual;
  std::from_chars(text.data(), text.data() + text.size(), limit);
  return std::min(limit, search_rows_max);
}

bool same_word(std::string_view asked, std::string_view has) {
  return asked.empty() || equal_ignoring_case(asked, has);
}

// The digits that filter[phone_number][...] asks for.
bool has_digits(const emulated_request& request, const std::string& e164) {
  const form_fields& query = request.query();
  const std::string_view digits = std::string_view(e164).substr(2);
  const std::string_view inside = query.text("filter[phone_number][contains]");
  return digits.find(inside) != std::string_view::npos &&
         digits.starts_with(query.text("filter[phone_number][starts_with]")) &&
         digits.ends_with(query.text("filter[phone_number][ends_with]"));
}

std::vector<std::string> numbers_in(const json::object& body) {
  std::vector<std::string> numbers;
  const json::value* list = body.if_contains("phone_numbers");
  const json::array* rows = list == nullptr ? nullptr : list->if_array();
  if (rows == nullptr) return numbers;
  for (const json::value& each : *rows) {
    const json::object* members = each.if_object();
    numbers.push_back(members == nullptr ? std::string() : text_of(*members, "phone_number"));
  }
  return numbers;
}

json::object shown(const reservation& held, timestamp now) {
  json::array numbers;
  for (const std::string& each : held.numbers) {
    numbers.push_back(json::object{{"id", held.id},
                                   {"record_type", "reserved_phone_number"},
                                   {"phone_number", each},
                                   {"status", "success"},
                                   {"expired", held.expires_at <= now},
                                   {"created_at", rfc3339(held.created_at)},
                                   {"updated_at", rfc3339(held.created_at)},
                                   {"expired_at", rfc3339(held.expires_at)}});
  }
  return {{"id", held.id},
          {"record_type", "number_reservation"},
          {"phone_numbers", std::move(numbers)},
          {"status", "success"},
          {"customer_reference", held.mark},
          {"created_at", rfc3339(held.created_at)},
          {"updated_at", rfc3339(held.created_at)}};
}

json::object shown(const number_order& order) {
  json::array numbers;
  for (std::size_t each = 0; each < order.numbers.size(); ++each) {
    const std::string& e164 = order.numbers[each];
    numbers.push_back(json::object{
        {"id", order.line_ids[each]},
        {"record_type", "number_order_phone_number"},
        {"phone_number", e164},
        {"status", order.status},
        {"phone_number_type", stock::is_toll_free(e164) ? "toll_free" : "local"},
        {"requirements_met", true},
        {"requirements_status", "approved"},
        {"regulatory_requirements", json::array{}}});
  }
  json::object row{{"id", order.id},
                   {"record_type", "number_order"},
                   {"status", order.status},
                   {"phone_numbers_count", order.numbers.size()},
                   {"phone_numbers", std::move(numbers)},
                   {"sub_number_orders_ids", json::array{order.id}},
                   {"requirements_met", true},
                   {"customer_reference", order.mark},
                   {"created_at", rfc3339(order.created_at)},
                   {"updated_at", rfc3339(order.updated_at)}};
  row["connection_id"] = order.connection.empty() ? json::value() : json::value(order.connection);
  row["messaging_profile_id"] =
      order.profile.empty() ? json::value() : json::value(order.profile);
  row["billing_group_id"] = nullptr;
  return row;
}

constexpr std::int64_t price_of_one = 2'000'000;  // upfront and the first month, in millionths

}  // namespace

json::object shown(const owned_number& number) {
  json::object row{{"id", number.id},
                   {"record_type", "phone_number"},
                   {"phone_number", number.e164},
                   {"country_iso_alpha2", "US"},
                   {"status", number.status},
                   {"tags", number.tags},
                   {"external_pin", nullptr},
                   {"customer_reference", number.mark},
                   {"connection_name", nullptr},
                   {"messaging_profile_name", nullptr},
                   {"billing_group_id", nullptr},
                   {"deletion_lock_enabled", number.locked},
                   {"emergency_enabled", false},
                   {"emergency_status", "disabled"},
                   {"phone_number_type", stock::is_toll_free(number.e164) ? "toll_free" : "local"},
                   {"source_type", "number_order"},
                   {"purchased_at", rfc3339(number.purchased_at)},
                   {"created_at", rfc3339(number.purchased_at)},
                   {"updated_at", rfc3339(number.purchased_at)}};
  row["connection_id"] = number.connection.empty() ? json::value() : json::value(number.connection);
  row["messaging_profile_id"] =
      number.profile.empty() ? json::value() : json::value(number.profile);
  return row;
}

bool filter_is_ignored(books& of, const emulated_request& request) {
  return of.faults.draw("filter_ignored", request.call).has_value();
}

void numbers_desk::open(const route_adder& add) {
  add("GET", "/v2/available_phone_numbers", "search", [this](const auto& r) { return search(r); });
  add("POST", "/v2/number_reservations", "reserve", [this](const auto& r) { return reserve(r); });
  add("GET", "/v2/number_reservations", "list_reservations",
      [this](const auto& r) { return list_reservations(r); });
  add("GET", "/v2/number_reservations/{id}", "show_reservation",
      [this](const auto& r) { return show_reservation(r, false); });
  add("POST", "/v2/number_reservations/{id}/actions/extend", "extend_reservation",
      [this](const auto& r) { return show_reservation(r, true); });

  add("POST", "/v2/number_orders", "buy", [this](const auto& r) { return order(r); });
  add("GET", "/v2/number_orders", "list_orders", [this](const auto& r) { return list_orders(r); });
  add("GET", "/v2/number_orders/{id}", "show_order",
      [this](const auto& r) { return show_order(r); });
  add("POST", "/v2/inexplicit_number_orders", "buy_any",
      [this](const auto& r) { return order_any(r); });
  add("GET", "/v2/sub_number_orders/{id}", "show_sub_order",
      [this](const auto& r) { return show_order(r); });
  add("PATCH", "/v2/sub_number_orders/{id}/cancel", "cancel_order",
      [this](const auto& r) { return cancel_order(r); });

  add("GET", "/v2/phone_numbers", "list", [this](const auto& r) { return list_numbers(r); });
  add("GET", "/v2/phone_numbers/{id}", "show_number", [this](const auto& r) {
    const owned_number* number = books_.number_by_id(r.value("id"));
    return number == nullptr ? not_found("phone number") : data_answer(shown(*number));
  });
  add("PATCH", "/v2/phone_numbers/{id}", "update_number",
      [this](const auto& r) { return update_number(r); });
  add("DELETE", "/v2/phone_numbers/{id}", "release",
      [this](const auto& r) { return delete_number(r); });
}

// ---- for sale ---------------------------------------------------------------------------------

http_response numbers_desk::search(const emulated_request& request) {
  const bool toll_free = filter_of(request, "phone_number_type") == "toll_free";
  const std::string asked(filter_of(request, "national_destination_code"));
  const std::size_t limit = limit_of(request);
  std::vector<std::string> codes{asked};
  if (asked.empty()) codes = stock::usual_area_codes(toll_free);
  const auto price = books_.faults.draw("price", request.call);
  const std::string monthly = price && !price->text.empty() ? price->text : "1.00000";
  json::array rows;
  const auto fits = [&](const std::string& e164) {
    return !books_.is_taken(e164) && !books_.is_held(e164) && has_digits(request, e164);
  };
  const std::string_view country = filter_of(request, "country_code");
  for (const std::string& code : codes) {
    if (rows.size() >= limit || !stock::sells(code, toll_free)) continue;
    if (!country.empty() && country != "US") continue;
    if (!same_word(filter_of(request, "locality"), stock::locality_of(code))) continue;
    if (!same_word(filter_of(request, "rate_center"), stock::locality_of(code))) continue;
    if (!same_word(filter_of(request, "administrative_area"), stock::region_of(code))) continue;
    for (const std::string& e164 : books_.shop.next(code, limit - rows.size(), fits)) {
      rows.push_back(offer_row(e164, monthly, false));
    }
  }
  std::int64_t best_effort = 0;
  const bool wants_more = flag_filter(request, "best_effort").value_or(false);
  if (books_.faults.draw("best_effort_rows", request.call) || (wants_more && rows.empty())) {
    for (const std::string& e164 : books_.shop.next(toll_free ? "833" : "737", 2, fits)) {
      rows.insert(rows.begin(), offer_row(e164, monthly, true));
      ++best_effort;
    }
  }
  const std::size_t total = rows.size();
  return json_response(200, json::object{{"data", std::move(rows)},
                                         {"meta",
                                          {{"total_results", total},
                                           {"best_effort_results", best_effort}}}});
}

http_response numbers_desk::reserve(const emulated_request& request) {
  const auto numbers = numbers_in(request.json());
  if (numbers.empty()) return missing("phone_numbers");
  for (const std::string& each : numbers) {
    if (!books_.shop.was_seen(each)) return unprocessable("The phone number is not available.");
    if (books_.is_taken(each) || books_.is_held(each)) {
      return failure(409, "10012", "Conflict", "The phone number is not available any more.");
    }
  }
  const timestamp now = books_.time.now();
  books_.reservations.push_back({new_uuid(books_.random), numbers,
                                 text_of(request.json(), "customer_reference"), now,
                                 now + reservation_lasts});
  return data_answer(shown(books_.reservations.back(), now));
}

http_response numbers_desk::list_reservations(const emulated_request& request) {
  const std::string_view mark = filter_of(request, "customer_reference");
  const bool all = filter_is_ignored(books_, request);
  json::array rows;
  for (const reservation& each : books_.reservations) {
    if (!all && !mark.empty() && each.mark != mark) continue;
    rows.push_back(shown(each, books_.time.now()));
  }
  return data_page(request, rows);
}

http_response numbers_desk::show_reservation(const emulated_request& request, bool extend) {
  for (reservation& each : books_.reservations) {
    if (each.id != request.value("id")) continue;
    const timestamp now = books_.time.now();
    if (extend && each.expires_at <= now) return unprocessable("The reservation has expired.");
    if (extend) each.expires_at = now + reservation_lasts;
    return data_answer(shown(each, now));
  }
  return not_found("reservation");
}

// ---- orders -----------------------------------------------------------------------------------

http_response numbers_desk::order(const emulated_request& request) {
  const auto numbers = numbers_in(request.json());
  if (numbers.empty()) return missing("phone_numbers");
  if (books_.faults.draw("no_funds", request.call) ||
      books_.balance_micro_usd < price_of_one * static_cast<std::int64_t>(numbers.size())) {
    return failure(403, "20100", "Insufficient funds", "The balance does not cover this order.");
  }
  bool must_fail = false;
  for (const std::string& each : numbers) {
    if (books_.faults.draw("gone", request.call)) books_.elsewhere.insert(each);
    if (!stock::is_listed(each) || !books_.shop.was_seen(each)) {
      return failure(400, "10015", "Bad Request",
                     "The phone number was not in a search: " + each + ".");
    }
    if (!books_.is_taken(each)) continue;
    if (books_.faults.draw("repeat_accepted", request.call)) {
      must_fail = true;
      continue;
    }
    return failure(409, "10012", "Conflict", "The phone number is not available: " + each + ".");
  }
  const std::string profile = text_of(request.json(), "messaging_profile_id");
  const std::string connection = text_of(request.json(), "connection_id");
  if (!profile.empty() && books_.profile(profile) == nullptr) {
    return unprocessable("There is no such messaging_profile_id.");
  }
  if (!connection.empty() && books_.application(connection) == nullptr) {
    return unprocessable("There is no such connection_id.");
  }
  return data_answer(shown(place(numbers, request.json(), request.call, must_fail)));
}

// What is asked for again is bought again: there is no key.
http_response numbers_desk::order_any(const emulated_request& request) {
  const json::value* groups = request.json().if_contains("ordering_groups");
  const json::array* list = groups == nullptr ? nullptr : groups->if_array();
  if (list == nullptr || list->empty()) return missing("ordering_groups");
  std::vector<std::string> numbers;
  for (const json::value& each : *list) {
    const json::object* group = each.if_object();
    if (group == nullptr) return unprocessable("ordering_groups must hold objects.");
    const std::string count_text = text_of(*group, "count_requested");
    std::size_t count = 0;
    const auto [stop, code] =
        std::from_chars(count_text.data(), count_text.data() + count_text.size(), count);
    if (code != std::errc{} || count == 0 || count > 100) {
      return unprocessable("count_requested must be a text with a number.");
    }
    const std::string area_code = text_of(*group, "national_destination_code");
    const auto found = books_.shop.next(area_code.empty() ? "415" : area_code, count,
                                        [&](const std::string& e164) {
                                          return stock::is_listed(e164) && !books_.is_taken(e164);
                                        });
    numbers.insert(numbers.end(), found.begin(), found.end());
  }
  const number_order& made = place(numbers, request.json(), request.call, false);
  json::object row{{"id", made.id},
                   {"record_type", "inexplicit_number_order"},
                   {"status", made.status},
                   {"ordering_groups", *list},
                   {"customer_reference", made.mark},
                   {"created_at", rfc3339(made.created_at)},
                   {"updated_at", rfc3339(made.updated_at)}};
  return data_answer(std::move(row));
}

number_order& numbers_desk::place(std::vector<std::string> numbers, const json::object& body,
                                  std::string_view call, bool must_fail) {
  number_order made;
  made.id = new_uuid(books_.random);
  made.numbers = std::move(numbers);
  for (std::size_t each = 0; each < made.numbers.size(); ++each) {
    made.line_ids.push_back(new_uuid(books_.random));
  }
  made.mark = text_of(body, "customer_reference");
  made.connection = text_of(body, "connection_id");
  made.profile = text_of(body, "messaging_profile_id");
  made.created_at = books_.time.now();
  made.updated_at = made.created_at;
  milliseconds pending(0);
  if (const auto fault = books_.faults.draw("order_pending", call)) {
    pending = milliseconds(fault->delay_ms > 0 ? fault->delay_ms : 300'000);
  }
  bool succeeds = !must_fail;
  if (const auto fault = books_.faults.draw("order_fails", call)) {
    succeeds = false;
    pending = std::max(pending, milliseconds(fault->delay_ms));
  }
  milliseconds hidden(0);
  if (const auto fault = books_.faults.draw("hidden", call)) hidden = milliseconds(fault->delay_ms);
  for (const std::string& each : made.numbers) {
    if (!must_fail) books_.being_ordered.insert(each);
  }
  books_.orders.push_back(std::move(made));
  const std::string id = books_.orders.back().id;
  books_.time.after(pending, [this, id, succeeds, hidden] { finish(id, succeeds, hidden); });
  return books_.orders.back();
}

void numbers_desk::finish(const std::string& order_id, bool succeeds, milliseconds hidden) {
  for (number_order& order : books_.orders) {
    if (order.id != order_id || order.status != "pending") continue;
    order.status = succeeds ? "success" : "failure";
    order.updated_at = books_.time.now();
    for (const std::string& e164 : order.numbers) {
      books_.being_ordered.erase(e164);
      if (!succeeds) continue;
      owned_number number;
      number.id = new_number_id(books_.random);
      number.e164 = e164;
      number.mark = order.mark;
      number.connection = order.connection;
      number.profile = order.profile;
      number.purchased_at = order.created_at;
      number.shown_from = books_.time.now() + hidden;
      books_.add_number(std::move(number));
      books_.purchases.push_back({e164, order.mark});
      books_.balance_micro_usd -= price_of_one;
    }
    books_.post_event("number_order.complete", books_.order_webhook_url, "", shown(order));
    return;
  }
}

http_response numbers_desk::list_orders(const emulated_request& request) {
  const bool all = filter_is_ignored(books_, request);
  const std::string_view mark = filter_of(request, "customer_reference");
  const std::string_view status = filter_of(request, "status");
  const std::string_view since = request.query().text("filter[created_at][gt]");
  const auto after = parse_rfc3339(since);
  json::array rows;
  for (auto each = books_.orders.rbegin(); each != books_.orders.rend(); ++each) {
    const bool fits = (mark.empty() || each->mark == mark) &&
                      (status.empty() || each->status == status) &&
                      (!after || each->created_at > *after);
    if (all || fits) rows.push_back(shown(*each));
  }
  return data_page(request, rows);
}

http_response numbers_desk::show_order(const emulated_request& request) {
  for (const number_order& each : books_.orders) {
    if (each.id == request.value("id")) return data_answer(shown(each));
  }
  return not_found("number order");
}

http_response numbers_desk::cancel_order(const emulated_request& request) {
  for (number_order& each : books_.orders) {
    if (each.id != request.value("id")) continue;
    if (each.status != "pending") return unprocessable("Only a pending order can be cancelled.");
    finish(each.id, false, milliseconds(0));
    return data_answer(shown(each));
  }
  return not_found("number order");
}

// ---- owned ------------------------------------------------------------------------------------

http_response numbers_desk::list_numbers(const emulated_request& request) {
  const bool all = filter_is_ignored(books_, request);
  const std::string_view e164 = filter_of(request, "phone_number");
  const std::string_view mark = filter_of(request, "customer_reference");
  const std::string_view status = filter_of(request, "status");
  const std::string_view connection = filter_of(request, "connection_id");
  json::array rows;
  for (const owned_number* number : books_.bought_order) {
    if (number->shown_from > books_.time.now()) continue;
    const bool fits = (e164.empty() || number->e164 == e164) &&
                      (mark.empty() || number->mark == mark) &&
                      (status.empty() || number->status == status) &&
                      (connection.empty() || number->connection == connection);
    if (all || fits) rows.push_back(shown(*number));
  }
  return data_page(request, rows);
}

http_response numbers_desk::update_number(const emulated_request& request) {
  owned_number* number = books_.number_by_id(request.value("id"));
  if (number == nullptr) return not_found("phone number");
  const json::object& body = request.json();
  if (body.contains("messaging_profile_id")) {
    return unprocessable("messaging_profile_id is set through /phone_numbers/{id}/messaging.");
  }
  if (body.contains("connection_id")) {
    const std::string connection = text_of(body, "connection_id");
    if (!connection.empty() && books_.application(connection) == nullptr) {
      return unprocessable("There is no such connection_id.");
    }
    number->connection = connection;
  }
  if (body.contains("customer_reference")) number->mark = text_of(body, "customer_reference");
  if (const json::value* tags = body.if_contains("tags"); tags != nullptr && tags->is_array()) {
    number->tags = tags->get_array();
  }
  if (const json::value* lock = body.if_contains("deletion_lock_enabled")) {
    if (!lock->is_bool()) return unprocessable("deletion_lock_enabled must be true or false.");
    if (!books_.faults.draw("lock_stays", request.call)) number->locked = lock->get_bool();
  }
  return data_answer(shown(*number));
}

http_response numbers_desk::delete_number(const emulated_request& request) {
  const owned_number* number = books_.number_by_id(request.value("id"));
  if (number == nullptr) return not_found("phone number");
  if (number->locked) return unprocessable("The phone number has its deletion lock enabled.");
  json::object row = shown(*number);
  row["status"] = "deleted";
  remove(number->e164);
  if (books_.faults.draw("release_404", request.call)) return not_found("phone number");
  return data_answer(std::move(row));
}

result<void> numbers_desk::add_outside(const std::string& e164, const std::string& mark) {
  if (!stock::is_listed(e164)) return bad_field("e164", "Must be a number that is sold here.");
  if (books_.is_taken(e164)) return bad_field("e164", "Must not be taken.");
  owned_number number;
  number.id = new_number_id(books_.random);
  number.e164 = e164;
  number.mark = mark;
  number.purchased_at = books_.time.now();
  number.shown_from = books_.time.now();
  books_.add_number(std::move(number));
  return {};
}

void numbers_desk::remove(const std::string& e164) {
  books_.remove_number(std::string(e164));  // a copy: it may be a part of what goes
}

json::array numbers_desk::shown_numbers() const {
  json::array rows;
  for (const owned_number* each : books_.bought_order) {
    rows.push_back(json::object{{"e164", each->e164},
                                {"mark", each->mark},
                                {"reference", each->id},
                                {"connection_id", each->connection},
                                {"messaging_profile_id", each->profile},
                                {"locked", each->locked}});
  }
  return rows;
}

json::array numbers_desk::shown_purchases() const {
  json::array rows;
  for (const made_purchase& each : books_.purchases) {
    rows.push_back(json::object{{"e164", each.e164}, {"mark", each.mark}});
  }
  return rows;
}

}  // namespace dialplane::emulators::telnyx
