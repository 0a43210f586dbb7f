// Finds rows in one of Telnyx's lists without trusting its filters.
//
// A filter that the carrier silently ignores answers everything with 200. So each row is judged
// here, and where rows come that the filter should have kept back, the scan goes on through the
// pages until it has seen them all, or enough. Bounded by pages_max.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "carriers/telnyx/answer_reader.hpp"
#include "carriers/telnyx/flow.hpp"

namespace dialplane::telnyx {

inline constexpr int page_rows = 250;     // Telnyx gives no more at once
inline constexpr int pages_max = 1'000;   // of one scan
inline constexpr std::int64_t rows_max = 1'000'000'000;  // that a list may claim to have

// How a list is paged: most are "data" with page[number]; those of registrations are "records"
// with page, and count themselves in two ways.
enum class list_form { data, records, toll_free_records };

struct list_words {
  std::string_view rows;
  std::string_view page;
  std::string_view size;
  std::string_view total;  // of pages for data, of rows for the others
};

constexpr list_words words_for(list_form form) {
  switch (form) {
    case list_form::records: return {"records", "page", "recordsPerPage", "totalRecords"};
    case list_form::toll_free_records: return {"records", "page", "page_size", "total_records"};
    case list_form::data: break;
  }
  return {"data", "page[number]", "page[size]", "total_pages"};
}

template <typename Row>
struct scan_order {
  std::string path;                       // with its filters: "/phone_numbers?filter[…]=…"
  list_form form = list_form::data;
  result<Row> (*read)(const boost::json::object&) = nullptr;
  std::function<bool(const Row&)> wanted;
  bool first_is_enough = false;
  // The list has no filter of this kind: every page is looked through.
  bool unfiltered = false;
};

template <typename Row>
class scan final : public flow<std::vector<Row>> {
 public:
  scan(const std::shared_ptr<account>& at, scan_order<Row> order,
       carrier_done<std::vector<Row>> done)
      : flow<std::vector<Row>>(at, std::move(done)), order_(std::move(order)) {}

  void next_page() {
    ++page_;
    const list_words words = words_for(order_.form);
    std::string path = order_.path;
    path += path.find('?') == std::string::npos ? '?' : '&';
    path += query_part(words.page, std::to_string(page_)) + "&" +
            query_part(words.size, std::to_string(page_rows));
    this->ask({.path = std::move(path)},
              [this](boost::json::object body) { take(std::move(body)); });
  }

 private:
  void take(boost::json::object body) {
    const auto more = read_page(body);
    if (!more) return this->end(unreadable(false, more.error().internal));
    if (!*more || (order_.first_is_enough && !found_.empty())) {
      return this->end(std::move(found_));
    }
    if (page_ >= pages_max) return this->end(unreadable(false, "a list has too many pages"));
    next_page();
  }

  // Whether there is more to be seen.
  result<bool> read_page(const boost::json::object& body) {
    answer_reader read(body);
    const bool is_data = order_.form == list_form::data;
    const list_words words = words_for(order_.form);
    const boost::json::array& rows = read.list(words.rows);
    answer_reader meta(is_data ? read.object("meta") : body);
    const std::int64_t total = std::clamp<std::int64_t>(meta.integer(words.total, 1), 0, rows_max);
    const std::int64_t pages = is_data ? total : (total + page_rows - 1) / page_rows;
    TRY(read.finish());
    TRY(meta.finish());
    bool saw_others = false;
    for (const boost::json::value& each : rows) {
      TRY_ASSIGN(const boost::json::object* members, object_in(each));
      TRY_ASSIGN(Row row, order_.read(*members));
      if (order_.wanted(row)) {
        found_.push_back(std::move(row));
      } else {
        saw_others = true;
      }
    }
    return page_ < pages && !rows.empty() && (saw_others || order_.unfiltered);
  }

  const scan_order<Row> order_;
  std::vector<Row> found_;
  int page_ = 0;
};

template <typename Row>
void scan_list(const std::shared_ptr<account>& at, scan_order<Row> order,
               carrier_done<std::vector<Row>> done) {
  std::make_shared<scan<Row>>(at, std::move(order), std::move(done))->next_page();
}

}  // namespace dialplane::telnyx
