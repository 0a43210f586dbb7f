#include "carriers/surge/number_keeping.hpp"

#include <charconv>

#include "base/crypto.hpp"
#include "carriers/surge/number_finding.hpp"
#include "carriers/surge/wire_reading.hpp"
#include "net/form_encoding.hpp"

namespace dialplane::surge {

namespace {

constexpr std::size_t rows_max = 10'000;  // of one page, ever
constexpr std::size_t list_cursor_bytes_max = 1'024;

error bad_cursor() {
  return bad_field("cursor", "cursor must be one that this list gave.");
}

class list_run : public std::enable_shared_from_this<list_run> {
 public:
  list_run(office_ptr at, list_position from, std::size_t limit,
           carrier_done<carrier_number_page> done)
      : at_(std::move(at)), position_(std::move(from)), limit_(limit), done_(std::move(done)) {}

  void start() {
    // From the beginning everything is asked anew.
    const auto age = position_.account.empty() ? std::chrono::milliseconds(0)
                                               : std::chrono::milliseconds(account_listing_age);
    at_->accounts->all(age, [self = shared_from_this()](auto listed) {
      if (!listed) return self->done_(std::move(listed).error());
      self->accounts_ = *std::move(listed);
      if (self->position_.account.empty() && !self->next_account()) return self->end();
      self->read();
    });
  }

 private:
  // The next by id; accounts that were opened meanwhile come later.
  bool next_account() {
    for (const surge_account& each : accounts_) {
      if (each.id <= position_.account) continue;
      position_ = {each.id, "", 0};
      return true;
    }
    return false;
  }

  void read() {
    read_number_page(at_, position_.account, position_.page_cursor,
                     [self = shared_from_this()](auto rows) { self->take(std::move(rows)); });
  }

  void take(result<number_rows> rows) {
    if (!rows) {
      error why = std::move(rows).error();
      if (why.code == error_code::invalid_input) why = bad_cursor();
      return done_(std::move(why));
    }
    const timestamp now = at_->time.now();
    while (position_.given < rows->numbers.size() && page_.numbers.size() < limit_) {
      const owned_number& number = rows->numbers[position_.given++];
      at_->places.put(number.e164, {number.account, number.id});
      page_.numbers.push_back(to_port(number, now));
    }
    if (position_.given < rows->numbers.size()) return end_here();
    if (rows->next_cursor.empty() || rows->next_cursor == position_.page_cursor) {
      if (!next_account()) return end();
    } else {
      position_ = {position_.account, rows->next_cursor, 0};
    }
    // One page of Surge's for each page of ours, unless that gave nothing.
    return page_.numbers.empty() ? read() : end_here();
  }

  void end_here() {
    page_.next_cursor = to_text(position_);
    end();
  }
  void end() { done_(std::move(page_)); }

  office_ptr at_;
  list_position position_;
  const std::size_t limit_;
  carrier_done<carrier_number_page> done_;
  std::vector<surge_account> accounts_;
  carrier_number_page page_;
};

}  // namespace

std::string to_text(const list_position& position) {
  return position.account + "." + std::to_string(position.given) + "." +
         base64_url(bytes_of(position.page_cursor));
}

result<list_position> parse_list_position(std::string_view text) {
  list_position position;
  const std::size_t first = text.find('.');
  const std::size_t second = first == text.npos ? text.npos : text.find('.', first + 1);
  if (text.size() > list_cursor_bytes_max || second == text.npos) return bad_cursor();
  position.account = text.substr(0, first);
  const std::string_view given = text.substr(first + 1, second - first - 1);
  const auto [stop, code] =
      std::from_chars(given.data(), given.data() + given.size(), position.given);
  auto page_cursor = parse_base64_url(text.substr(second + 1));
  const bool fits = is_id_shape(position.account) && code == std::errc{} &&
                    stop == given.data() + given.size() && position.given <= rows_max &&
                    page_cursor.has_value();
  if (!fits) return bad_cursor();
  position.page_cursor = *std::move(page_cursor);
  return position;
}

void list_numbers(office_ptr at, std::optional<std::string> cursor, std::size_t limit,
                  carrier_done<carrier_number_page> done) {
  list_position from;
  if (cursor) {
    auto parsed = parse_list_position(*cursor);
    if (!parsed) return done(std::move(parsed).error());
    from = *std::move(parsed);
  }
  if (limit == 0) return done(bad_field("limit", "limit must be at least 1."));
  std::make_shared<list_run>(std::move(at), std::move(from), limit, std::move(done))->start();
}

void release_number(office_ptr at, std::string e164, std::string mark, carrier_done<void> done) {
  find_number(at, e164, mark, [at, mark, done = std::move(done)](auto found) mutable {
    if (!found) return done(std::move(found).error());
    const bool is_it = *found && (mark.empty() || (**found).mark() == mark);
    if (!is_it) return done({});
    at->api.write("DELETE", "/phone_numbers/" + percent_encoded((**found).id), {},
                  [at, e164 = (**found).e164, done = std::move(done)](api_result gone) mutable {
                    const bool is_gone = gone || gone.error().says_absent();
                    if (!is_gone) return done(std::move(gone).error().what);
                    at->places.forget(e164);
                    done({});
                  });
  });
}

void require_number(office_ptr at, std::string e164, carrier_done<void> done) {
  find_number(std::move(at), std::move(e164), "", [done = std::move(done)](auto found) mutable {
    if (!found) return done(std::move(found).error());
    if (!*found) return done(number_not_ours());
    done({});
  });
}

}  // namespace dialplane::surge
