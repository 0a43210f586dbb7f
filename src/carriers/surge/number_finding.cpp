#include "carriers/surge/number_finding.hpp"

#include <algorithm>

#include "carriers/surge/wire_reading.hpp"
#include "net/form_encoding.hpp"

namespace dialplane::surge {

namespace {

constexpr std::size_t lanes = 4;

result<number_rows> read_rows(const boost::json::object& page, const std::string& account) {
  number_rows rows;
  TRY_ASSIGN(const boost::json::array* data, array_in(page, "data"));
  for (const boost::json::value& row : *data) {
    if (!row.is_object()) return unreadable("data");
    TRY_ASSIGN(owned_number number, read_number(row.get_object(), account));
    if (number.is_ours_to_list()) rows.numbers.push_back(std::move(number));
  }
  TRY_ASSIGN(rows.next_cursor, next_cursor_in(page));
  return rows;
}

// Goes through several accounts at once until the number is found or all are read.
class number_scan : public std::enable_shared_from_this<number_scan> {
 public:
  number_scan(office_ptr at, std::string e164, std::string mark, number_done done)
      : at_(std::move(at)), e164_(std::move(e164)), mark_(std::move(mark)),
        done_(std::move(done)) {}

  void start(std::vector<std::string> accounts) {
    accounts_ = std::move(accounts);
    busy_ = std::min(lanes, accounts_.size());
    if (busy_ == 0) return end(std::optional<owned_number>());
    for (std::size_t lane = busy_; lane > 0; --lane) next_account();
  }

  void end(result<std::optional<owned_number>> outcome) {
    number_done done = std::move(done_);
    done_ = nullptr;
    done(std::move(outcome));
  }

 private:
  void next_account() {
    if (!done_) return;
    if (next_ < accounts_.size()) return read(accounts_[next_++], "", 1);
    if (--busy_ == 0) end(std::move(by_number_));
  }

  void read(const std::string& account, const std::string& cursor, std::size_t page) {
    read_number_page(at_, account, cursor,
                     [self = shared_from_this(), account, cursor, page](auto rows) {
                       self->take(account, cursor, page, std::move(rows));
                     });
  }

  void take(const std::string& account, const std::string& cursor, std::size_t page,
            result<number_rows> rows) {
    if (!done_) return;
    if (!rows) return end(std::move(rows).error());
    for (owned_number& each : rows->numbers) {
      at_->places.put(each.e164, {each.account, each.id});
      const bool has_mark = !mark_.empty() && each.mark() == mark_;
      const bool has_number = !e164_.empty() && each.e164 == e164_;
      if (has_mark || (has_number && mark_.empty())) {
        return end(std::optional<owned_number>(std::move(each)));
      }
      if (has_number) by_number_ = std::move(each);
    }
    if (rows->next_cursor.empty()) return next_account();
    if (rows->next_cursor == cursor || page >= account_pages_max) {
      return end(strange_answer("a list of numbers without an end", call_effect::reads));
    }
    read(account, rows->next_cursor, page + 1);
  }

  office_ptr at_;
  const std::string e164_;
  const std::string mark_;
  number_done done_;  // empty once it has ended
  std::vector<std::string> accounts_;
  std::size_t next_ = 0;
  std::size_t busy_ = 0;
  std::optional<owned_number> by_number_;
};

void scan(office_ptr at, std::string e164, std::string mark, number_done done) {
  auto work = std::make_shared<number_scan>(at, std::move(e164), mark, std::move(done));
  if (const auto sent_to = at->accounts_of_marks.find(mark); sent_to && !mark.empty()) {
    return work->start({*sent_to});
  }
  at->accounts->all(account_listing_age, [work, group = group_of_mark(mark)](auto listed) {
    if (!listed) return work->end(std::move(listed).error());
    std::vector<std::string> ids;
    for (const surge_account& each : *listed) {
      const bool may_have_it = group.empty() || each.group().empty() || each.group() == group;
      if (may_have_it) ids.push_back(each.id);
    }
    work->start(std::move(ids));
  });
}

// The number at the place where it was last seen, if it is still there.
void look_at_place(office_ptr at, const number_place& place, number_done done) {
  at->api.read("/phone_numbers/" + percent_encoded(place.number_id),
               [account = place.account, done = std::move(done)](api_result answer) mutable {
                 if (!answer) {
                   const api_failure& why = answer.error();
                   if (why.says_absent()) return done(std::optional<owned_number>());
                   return done(why.what);
                 }
                 auto number = read_number(*answer, account);
                 if (!number) {
                   return done(strange_answer(number.error().message, call_effect::reads));
                 }
                 done(std::optional<owned_number>(*std::move(number)));
               });
}

}  // namespace

error number_not_ours() {
  return conflicting(error_code::resource_not_found,
                     "The number is not in this Surge project any more.");
}

void read_number_page(office_ptr at, const std::string& account, const std::string& cursor,
                      carrier_done<number_rows> done) {
  std::string path = "/accounts/" + percent_encoded(account) + "/phone_numbers";
  if (!cursor.empty()) path += "?after=" + percent_encoded(cursor);
  at->api.read(std::move(path), [at, account, done = std::move(done)](api_result page) mutable {
    if (!page) {
      if (!page.error().says_absent()) return done(std::move(page).error().what);
      at->accounts->forget(account);
      number_rows none;
      none.account_is_gone = true;
      return done(std::move(none));
    }
    auto rows = read_rows(*page, account);
    if (!rows) return done(strange_answer(rows.error().message, call_effect::reads));
    done(*std::move(rows));
  });
}

void find_number(office_ptr at, std::string e164, std::string mark, number_done done) {
  const auto place = at->places.find(e164);
  if (!place) return scan(std::move(at), std::move(e164), std::move(mark), std::move(done));
  look_at_place(at, *place, [at, e164, mark, done = std::move(done)](auto seen) mutable {
    if (!seen) return done(std::move(seen).error());
    const bool is_it = *seen && (**seen).e164 == e164 &&
                       (mark.empty() || (**seen).mark() == mark);
    if (is_it) return done(std::move(seen));
    scan(std::move(at), std::move(e164), std::move(mark), std::move(done));
  });
}

}  // namespace dialplane::surge
