#include "carriers/telnyx/numbers.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "carriers/telnyx/scan.hpp"

namespace dialplane::telnyx {

namespace {

namespace json = boost::json;

constexpr std::size_t mark_bytes_max = 64;
constexpr std::size_t search_rows_max = 500;
constexpr std::size_t area_codes_max = 50;

std::string type_word(number_type type) {
  return type == number_type::toll_free ? "toll_free" : "local";
}

bool is_usable(const number_row& row) { return standing_of(row.status).has_value(); }

// ---- search -----------------------------------------------------------------------------------

class number_searching final : public flow<std::vector<number_offer>> {
 public:
  number_searching(const std::shared_ptr<account>& at, number_search wanted,
                   carrier_done<std::vector<number_offer>> done)
      : flow(at, std::move(done)), wanted_(std::move(wanted)) {
    wanted_.limit = std::min(wanted_.limit, search_rows_max);
    if (wanted_.area_codes.empty()) wanted_.area_codes.emplace_back();
    if (wanted_.area_codes.size() > area_codes_max) wanted_.area_codes.resize(area_codes_max);
  }

  void next_area_code() {
    if (found_.size() >= wanted_.limit || next_ == wanted_.area_codes.size()) {
      return end(std::move(found_));
    }
    const std::string area_code = wanted_.area_codes[next_++];
    ask({.path = path_for(area_code)}, [this, area_code](json::object body) {
      const auto taken = take(body, area_code);
      if (!taken) return end(unreadable(false, taken.error().internal));
      next_area_code();
    });
  }

 private:
  std::string path_for(const std::string& area_code) const {
    std::string path = "/available_phone_numbers?" + query_part("filter[country_code]", "US");
    const auto add = [&path](std::string_view name, std::string_view value) {
      if (!value.empty()) path += "&" + query_part(name, value);
    };
    add("filter[phone_number_type]", type_word(wanted_.type));
    add("filter[national_destination_code]", area_code);
    add("filter[phone_number][contains]", wanted_.contains);
    add("filter[locality]", wanted_.locality);
    add("filter[administrative_area]", wanted_.region);
    if (wanted_.features.texts) add("filter[features][]", "sms");
    if (wanted_.features.media) add("filter[features][]", "mms");
    if (wanted_.features.calls) add("filter[features][]", "voice");
    add("filter[best_effort]", "false");
    add("filter[limit]", std::to_string(wanted_.limit - found_.size()));
    return path;
  }

  // Each row is judged again: a best-effort row may lie anywhere, a filter may be ignored.
  bool fits(const offer_row& row, const std::string& area_code) const {
    const number_offer& offer = row.offer;
    if (!is_us_e164(offer.e164)) return false;
    const std::string_view code = std::string_view(offer.e164).substr(2, 3);
    if (!area_code.empty() && code != area_code) return false;
    if (area_code.empty() && row.best_effort) return false;
    if (!wanted_.contains.empty() && offer.e164.find(wanted_.contains, 2) == std::string::npos) {
      return false;
    }
    const number_features& needed = wanted_.features;
    return (!needed.texts || offer.features.texts) && (!needed.media || offer.features.media) &&
           (!needed.calls || offer.features.calls) && !seen_.contains(offer.e164);
  }

  result<void> take(const json::object& body, const std::string& area_code) {
    answer_reader read(body);
    const json::array& rows = read.list("data");
    TRY(read.finish());
    for (const json::value& each : rows) {
      if (found_.size() >= wanted_.limit) break;
      TRY_ASSIGN(const json::object* members, object_in(each));
      TRY_ASSIGN(offer_row row, read_offer_row(*members));
      if (!fits(row, area_code)) continue;
      seen_.insert(row.offer.e164);
      found_.push_back(std::move(row.offer));
    }
    return {};
  }

  number_search wanted_;
  std::size_t next_ = 0;
  std::vector<number_offer> found_;
  std::set<std::string> seen_;
};

// ---- reservation ------------------------------------------------------------------------------

class reserving final : public flow<number_reservation> {
 public:
  using flow::flow;

  void run(const std::string& e164, const std::string& mark) {
    ask_any({.method = "POST",
             .path = "/number_reservations",
             .body = json::object{{"phone_numbers", {{{"phone_number", e164}}}},
                                  {"customer_reference", mark}}},
            [this, e164, mark](api_answer got) {
              if (got.is_duplicate()) return look_for_ours(e164, mark);
              if (got.failure) return end(*std::move(got.failure));
              auto made = read_made(got.body, e164);
              if (!made && made.error().code == error_code::internal_error) {
                return end(unreadable(true, made.error().internal));
              }
              end(std::move(made));
            });
  }

 private:
  // An earlier request of ours may have arrived after all.
  void look_for_ours(const std::string& e164, const std::string& mark) {
    ask({.path = "/number_reservations?" + query_part("filter[customer_reference]", mark) + "&" +
                 query_part("page[size]", std::to_string(page_rows))},
        [this, e164, mark](json::object body) {
          const auto account = at();
          answer_reader read(body);
          for (const json::value& each : read.list("data")) {
            const json::object* row = each.if_object();
            if (row == nullptr || account == nullptr) continue;
            answer_reader members(*row);
            auto held = read_reservation(*row, e164);
            if (members.text("customer_reference") != mark || !held) continue;
            if (held->expires_at > account->time.now()) return end(*std::move(held));
          }
          end(number_is_gone());
        });
  }

  static result<number_reservation> read_made(const json::object& body, const std::string& e164) {
    answer_reader outer(body);
    const json::object& data = outer.object("data");
    TRY(outer.finish());
    return read_reservation(data, e164);
  }

  static result<number_reservation> read_reservation(const json::object& row,
                                                     const std::string& e164) {
    answer_reader read(row);
    number_reservation made{.reference = read.required_text("id", 64), .expires_at = {}};
    const json::array& numbers = read.list("phone_numbers");
    TRY(read.finish());
    for (const json::value& each : numbers) {
      TRY_ASSIGN(const json::object* members, object_in(each));
      answer_reader number(*members);
      const std::string which = number.text("phone_number", 32);
      const std::string status = number.text("status", 64);
      const auto expires = number.time("expired_at");
      TRY(number.finish());
      if (which != e164) continue;
      if (status == "failure") return number_is_gone();
      if (!expires) return internal_fault("telnyx: a reservation without expired_at");
      made.expires_at = *expires;
      return made;
    }
    return internal_fault("telnyx: a reservation without its number");
  }
};

// ---- list -------------------------------------------------------------------------------------

struct page_cursor {
  int page = 1;
};

result<page_cursor> read_cursor(const std::optional<std::string>& cursor) {
  if (!cursor) return page_cursor{};
  page_cursor at;
  const char* end = cursor->data() + cursor->size();
  const auto [stop, code] = std::from_chars(cursor->data(), end, at.page);
  if (code != std::errc{} || stop != end || at.page < 2 || at.page > 1'000'000) {
    return bad_field("cursor", "cursor must be the next_cursor of an earlier page.");
  }
  return at;
}

class listing final : public flow<carrier_number_page> {
 public:
  using flow::flow;

  void run(int page, std::size_t limit) {
    page_ = page;
    ask({.path = "/phone_numbers?" + query_part("page[number]", std::to_string(page)) + "&" +
                 query_part("page[size]", std::to_string(limit)) + "&sort=purchased_at"},
        [this, limit](json::object body) {
          const auto read = take(body, limit);
          if (!read) return end(unreadable(false, read.error().internal));
          end(std::move(found_));
        });
  }

 private:
  result<void> take(const json::object& body, std::size_t limit) {
    answer_reader read(body);
    const json::array& rows = read.list("data");
    answer_reader meta(read.object("meta"));
    const std::int64_t pages = meta.integer("total_pages", 1);
    TRY(read.finish());
    TRY(meta.finish());
    if (rows.size() > limit) return internal_fault("telnyx: a page with more rows than asked for");
    for (const json::value& each : rows) {
      TRY_ASSIGN(const json::object* members, object_in(each));
      TRY_ASSIGN(const number_row row, read_number_row(*members));
      const auto standing = standing_of(row.status);
      if (standing) found_.numbers.push_back(to_carrier_number(row, *standing));
    }
    if (page_ < pages && !rows.empty()) found_.next_cursor = std::to_string(page_ + 1);
    return {};
  }

  int page_ = 1;
  carrier_number_page found_;
};

}  // namespace

bool is_mark(std::string_view text) noexcept {
  return !text.empty() && text.size() <= mark_bytes_max &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '-';
         });
}

bool is_us_e164(std::string_view text) noexcept {
  return text.size() == 12 && text.starts_with("+1") &&
         std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

error number_is_gone() {
  return conflicting(error_code::number_unavailable, "This number is not for sale any more.");
}

error not_our_number() {
  return conflicting(error_code::number_unavailable,
                     "This number does not belong to the account.");
}

void search_numbers(const std::shared_ptr<account>& at, number_search wanted,
                    carrier_done<std::vector<number_offer>> done) {
  if (wanted.limit == 0) return done(std::vector<number_offer>{});
  std::make_shared<number_searching>(at, std::move(wanted), std::move(done))->next_area_code();
}

void reserve_number(const std::shared_ptr<account>& at, std::string e164, std::string mark,
                    carrier_done<number_reservation> done) {
  std::make_shared<reserving>(at, std::move(done))->run(e164, mark);
}

void list_numbers(const std::shared_ptr<account>& at, std::optional<std::string> cursor,
                  std::size_t limit, carrier_done<carrier_number_page> done) {
  const auto from = read_cursor(cursor);
  if (!from) return done(from.error());
  const std::size_t rows = std::clamp<std::size_t>(limit, 1, page_rows);
  std::make_shared<listing>(at, std::move(done))->run(from->page, rows);
}

void find_by_number(const std::shared_ptr<account>& at, const std::string& e164,
                    carrier_done<std::vector<number_row>> done) {
  scan_list<number_row>(
      at,
      {.path = "/phone_numbers?" + query_part("filter[phone_number]", e164),
       .read = &read_number_row,
       .wanted = [e164](const number_row& row) { return row.e164 == e164 && is_usable(row); },
       .first_is_enough = true},
      std::move(done));
}

void find_orders(const std::shared_ptr<account>& at, const std::string& mark,
                 carrier_done<std::vector<order_row>> done) {
  auto newest_first = [done = std::move(done)](result<std::vector<order_row>> found) mutable {
    if (found) {
      std::stable_sort(found->begin(), found->end(), [](const order_row& a, const order_row& b) {
        return a.created_at.value_or(timestamp{}) > b.created_at.value_or(timestamp{});
      });
    }
    done(std::move(found));
  };
  scan_list<order_row>(at,
                       {.path = "/number_orders?" + query_part("filter[customer_reference]", mark),
                        .read = &read_order_row,
                        .wanted = [mark](const order_row& row) { return row.mark == mark; }},
                       std::move(newest_first));
}

void find_recent_orders(const std::shared_ptr<account>& at, const std::string& e164,
                        carrier_done<std::vector<order_row>> done) {
  const timestamp since = at->time.now() + -at->abilities.settling_time;
  scan_list<order_row>(
      at,
      {.path = "/number_orders?" + query_part("filter[created_at][gt]", to_rfc3339(since)),
       .read = &read_order_row,
       .wanted =
           [e164, since](const order_row& row) {
             return row.has(e164) && row.status != "failure" &&
                    row.updated_at.value_or(timestamp{}) > since;
           },
       .first_is_enough = true},
      std::move(done));
}

}  // namespace dialplane::telnyx
