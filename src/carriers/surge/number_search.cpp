#include "carriers/surge/number_search.hpp"

#include <algorithm>
#include <set>

#include "carriers/surge/wire_reading.hpp"
#include "domain/area_codes.hpp"
#include "domain/e164.hpp"
#include "net/form_encoding.hpp"

namespace dialplane::surge {

namespace {

constexpr std::size_t offers_max = 1'000;
constexpr std::size_t search_pages_max = 20;
constexpr std::size_t codes_max = 400;

number_offer offer_of(std::string e164, std::string_view area_code) {
  number_offer offer;
  offer.e164 = std::move(e164);
  offer.features = {.texts = true, .media = true, .calls = false};
  const area_code_row* row = find_area_code(area_code);
  if (row != nullptr) offer.region = std::string(row->region);
  return offer;
}

class search_run : public std::enable_shared_from_this<search_run> {
 public:
  search_run(office_ptr at, number_search wanted, carrier_done<std::vector<number_offer>> done)
      : at_(std::move(at)), wanted_(std::move(wanted)), done_(std::move(done)) {
    wanted_.limit = std::min(wanted_.limit, offers_max);
    if (wanted_.area_codes.empty()) wanted_.area_codes.emplace_back();  // any
    if (wanted_.area_codes.size() > codes_max) wanted_.area_codes.resize(codes_max);
  }

  void start() {
    // Surge tells no town, and its numbers do not ring here.
    const bool impossible = wanted_.limit == 0 || !wanted_.locality.empty() ||
                            wanted_.features.calls;
    if (impossible) return done_(std::move(offers_));
    at_->accounts->any(wanted_.owner, [self = shared_from_this()](auto account) {
      if (!account) return self->done_(std::move(account).error());
      self->account_ = account->id;
      self->ask("", 1);
    });
  }

 private:
  const std::string& code() const { return wanted_.area_codes[at_code_]; }

  void next_code() {
    ++at_code_;
    if (at_code_ < wanted_.area_codes.size() && offers_.size() < wanted_.limit) return ask("", 1);
    done_(std::move(offers_));
  }

  void ask(const std::string& cursor, std::size_t page) {
    if (!code().empty() && !fits_region(code())) return next_code();
    std::string path = "/accounts/" + percent_encoded(account_) +
                       "/available_phone_numbers?type=" + std::string(name_of(wanted_.type));
    if (!code().empty()) path += "&area_code=" + percent_encoded(code());
    if (!cursor.empty()) path += "&after=" + percent_encoded(cursor);
    at_->api.read(std::move(path), [self = shared_from_this(), cursor, page](api_result answer) {
      self->take(cursor, page, std::move(answer));
    });
  }

  void take(const std::string& cursor, std::size_t page, api_result answer) {
    if (!answer) return take_failure(std::move(answer).error());
    const auto next = read(*answer);
    if (!next) {
      return done_(strange_answer(next.error().message, call_effect::reads));
    }
    const bool goes_on = !next->empty() && *next != cursor && page < search_pages_max &&
                         offers_.size() < wanted_.limit;
    return goes_on ? ask(*next, page + 1) : next_code();
  }

  void take_failure(api_failure why) {
    if (why.is("account_not_found") || why.is("account_archived")) {
      at_->accounts->forget(account_);
      why.what.kind = error_class::not_done;
      return done_(std::move(why.what));
    }
    const bool is_missing = why.status == 404 || why.status == 405;
    if (!is_missing) {
      const bool nothing_there = why.is("no_matching_numbers");
      return nothing_there ? next_code() : done_(std::move(why.what));
    }
    if (wanted_.contains.empty() && fits_region(code())) {
      offers_.push_back(offer_of("+1" + code(), code()));
    }
    next_code();
  }

  bool fits_region(std::string_view area_code) const {
    if (wanted_.region.empty()) return true;
    const area_code_row* row = find_area_code(area_code);
    return row != nullptr && row->region == wanted_.region;
  }

  bool fits(const e164& number, std::string_view type) const {
    if (!number.is_nanp() || type != name_of(wanted_.type)) return false;
    if (is_toll_free(number.area_code()) != (wanted_.type == number_type::toll_free)) return false;
    if (!code().empty() && number.area_code() != code()) return false;
    if (!fits_region(number.area_code())) return false;
    return number.text().substr(1).find(wanted_.contains) != std::string_view::npos;
  }

  result<std::string> read(const boost::json::object& answer) {
    TRY_ASSIGN(const boost::json::array* rows, array_in(answer, "data"));
    for (const boost::json::value& row : *rows) {
      if (!row.is_object()) return unreadable("data");
      TRY_ASSIGN(const std::string text, text_in(row.get_object(), "number", word_bytes_max));
      TRY_ASSIGN(const std::string type, text_in(row.get_object(), "type", word_bytes_max));
      const auto number = e164::parse(text);
      if (!number || !fits(*number, type) || offers_.size() >= wanted_.limit) continue;
      if (!seen_.insert(text).second) continue;
      offers_.push_back(offer_of(text, number->area_code()));
    }
    return next_cursor_in(answer);
  }

  office_ptr at_;
  number_search wanted_;
  carrier_done<std::vector<number_offer>> done_;
  std::string account_;
  std::size_t at_code_ = 0;
  std::set<std::string> seen_;
  std::vector<number_offer> offers_;
};

}  // namespace

bool is_area_offer(std::string_view e164) noexcept {
  if (e164 == "+1") return true;
  return e164.size() == 5 && e164.starts_with("+1") && is_area_code_shape(e164.substr(2));
}

void search_numbers(office_ptr at, number_search wanted,
                    carrier_done<std::vector<number_offer>> done) {
  std::make_shared<search_run>(std::move(at), std::move(wanted), std::move(done))->start();
}

}  // namespace dialplane::surge
