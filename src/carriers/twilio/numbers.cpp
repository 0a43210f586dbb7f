// Numbers: searched, bought, found, given back.
#include <boost/json/array.hpp>

#include "base/json_gate.hpp"
#include "carriers/twilio/answers.hpp"
#include "carriers/twilio/number_rows.hpp"
#include "carriers/twilio/twilio_carrier.hpp"

namespace dialplane::twilio {

namespace {

error gone() {
  return conflicting(error_code::number_unavailable, "The number is not available any more.");
}

// One search, area code after area code.
struct offer_search : std::enable_shared_from_this<offer_search> {
  std::shared_ptr<api> through;
  number_search wanted;
  carrier_price price;
  std::vector<std::string> codes;  // "" for any
  std::size_t next = 0;
  std::vector<number_offer> offers;
  carrier_done<std::vector<number_offer>> done;

  void go_on() {
    if (next == codes.size() || offers.size() >= wanted.limit) return done(std::move(offers));
    const std::string code = codes[next++];
    through->exchange("GET", through->core(search_path(wanted, code)), {}, intent::read,
                      [self = shared_from_this(), code](result<api_answer> got) {
                        if (!got) return self->done(std::move(got).error());
                        self->take(*got, code);
                      });
  }

  void take(const api_answer& got, const std::string& code) {
    // An area code the carrier does not know has nothing for sale.
    const bool is_refused = got.status == 404 || got.status == 400;
    if (is_refused && !code.empty()) return go_on();
    if (!got.is_success()) {
      return done(error_of(got.status, got.code, got.message, intent::read));
    }
    const auto rows = list_in(got.body, "available_phone_numbers");
    if (!rows) return done(rows.error());
    for (const json::value& row : **rows) {
      if (!row.is_object()) return done(unreadable("available_phone_numbers"));
      auto offer = read_offer(row.get_object());
      if (!offer) return done(std::move(offer).error());
      if (offers.size() >= wanted.limit) break;
      if (!*offer || !offer_fits(**offer, wanted, code)) continue;
      (*offer)->price = price;
      offers.push_back(*std::move(*offer));
    }
    go_on();
  }
};

// The carrier has sold the number, and who has it is not known: perhaps we do.
error sold_to_whom(std::string internal) {
  return outcome_unknown(error_code::carrier_outcome_unknown,
                         "The number is sold; whether to us is being looked up.",
                         std::move(internal));
}

// One purchase: looks whether the number is owned already, then asks for it, once. What this very
// mark owns was bought by an earlier try and is the answer.
struct purchase : std::enable_shared_from_this<purchase> {
  std::shared_ptr<api> through;
  std::shared_ptr<purchase_holds> holds;
  number_purchase order;
  carrier_price price;
  bool tried_before = false;  // and that try may have come through
  carrier_done<carrier_number> done;

  void begin() {
    find_number(through, order.e164, "",
                [self = shared_from_this()](result<std::optional<number_row>> found) {
                  if (!found) return self->end(self->not_begun(std::move(found).error()));
                  if (*found) return self->take_owned(**found);
                  self->ask();
                });
  }

  // Nothing was asked for yet, whatever became of the question before it.
  error not_begun(error failure) {
    if (failure.kind == error_class::unknown) {
      failure.kind = error_class::not_done;
      failure.code = error_code::carrier_unavailable;
    }
    return failure;
  }

  void ask() {
    form_list form{{"PhoneNumber", order.e164}, {"FriendlyName", order.mark}};
    for (auto& field : routing_fields(order.routing)) form.push_back(std::move(field));
    through->exchange("POST", through->core("/IncomingPhoneNumbers.json"), std::move(form),
                      intent::change, [self = shared_from_this()](result<api_answer> got) {
                        if (!got) return self->end(std::move(got).error());
                        self->take(*got);
                      });
  }

  void take(const api_answer& got) {
    if (got.code == code::number_unavailable) return look_whether_ours();
    if (!got.is_success()) {
      return end(error_of(got.status, got.code, got.message, intent::change));
    }
    const auto row = read_number_row(got.body);
    if (!row) return end(row.error());
    if (row->e164 != order.e164 || row->friendly_name != order.mark) {
      return end(unreadable("phone_number"));
    }
    end(bought(*row));
  }

  carrier_number bought(const number_row& row) {
    carrier_number number = as_carrier_number(row);
    number.price = price;
    return number;
  }

  // An earlier try of this very purchase may have come through meanwhile.
  void look_whether_ours() {
    find_number(through, order.e164, "",
                [self = shared_from_this()](result<std::optional<number_row>> found) {
                  if (!found) return self->end(sold_to_whom(found.error().internal));
                  if (*found) return self->take_owned(**found);
                  if (self->tried_before) return self->end(sold_to_whom("not in the list yet"));
                  self->end(gone());
                });
  }

  void take_owned(const number_row& row) {
    if (row.friendly_name != order.mark) return end(gone());
    end(bought(row));
  }

  void end(result<carrier_number> outcome) {
    const bool may_come = outcome ? true : outcome.error().kind == error_class::unknown;
    holds->end(order.e164, !may_come);
    done(std::move(outcome));
  }
};

// One release: the number is found, its emergency address taken off, then it is given back.
struct giving_back : std::enable_shared_from_this<giving_back> {
  std::shared_ptr<api> through;
  std::string mark;
  carrier_done<void> done;

  void take(const std::optional<number_row>& found) {
    if (!found || (!mark.empty() && found->friendly_name != mark)) return done({});
    const std::string path = "/IncomingPhoneNumbers/" + found->sid + ".json";
    if (found->emergency_address.empty()) return remove(path);
    through->post(through->core(path), {{"EmergencyAddressSid", ""}},
                  [self = shared_from_this(), path](result<json::object> changed) {
                    if (!changed) return self->done(std::move(changed).error());
                    self->take_changed(*changed, path);
                  });
  }

  void take_changed(const json::object& changed, const std::string& path) {
    const auto row = read_number_row(changed);
    if (!row) return done(row.error());
    if (row->emergency_address_status == "pending-unregistration") {
      return done(not_done(error_code::carrier_unavailable,
                           "The carrier is still taking off the emergency address.", ""));
    }
    remove(path);
  }

  void remove(const std::string& path) {
    through->remove(through->core(path),
                    [self = shared_from_this()](result<void> ended) {
                      self->done(std::move(ended));
                    });
  }
};

error bad_cursor() { return bad_field("cursor", "cursor must be one that a page has named."); }

// "Page:PageToken", both as the carrier named them.
result<form_list> read_cursor(std::string_view cursor) {
  const std::size_t colon = cursor.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon > 9 || cursor.size() > 160) {
    return bad_cursor();
  }
  const std::string_view page = cursor.substr(0, colon);
  const std::string_view token = cursor.substr(colon + 1);
  for (const char c : page) {
    if (c < '0' || c > '9') return bad_cursor();
  }
  if (token.empty() || !is_mark(token.substr(0, 64))) return bad_cursor();
  return form_list{{"Page", std::string(page)}, {"PageToken", std::string(token)}};
}

std::optional<std::string> cursor_of(const std::optional<std::string>& next_page) {
  if (!next_page) return std::nullopt;
  const auto query = parse_form(next_page->substr(next_page->find('?') + 1));
  if (!query) return std::nullopt;
  return std::string(query->text("Page")) + ":" + std::string(query->text("PageToken"));
}

result<carrier_number_page> read_page(const json::object& body, const std::string& base) {
  carrier_number_page page;
  TRY_ASSIGN(const json::array* rows, list_in(body, "incoming_phone_numbers"));
  for (const json::value& row : *rows) {
    if (!row.is_object()) return unreadable("incoming_phone_numbers");
    TRY_ASSIGN(const number_row read, read_number_row(row.get_object()));
    page.numbers.push_back(as_carrier_number(read));
  }
  TRY_ASSIGN(const std::optional<std::string> next, next_page_of(body, base));
  page.next_cursor = cursor_of(next);
  if (page.next_cursor) TRY(read_cursor(*page.next_cursor));
  return page;
}

}  // namespace

void twilio_carrier::search(number_search wanted, carrier_done<std::vector<number_offer>> done) {
  if (wanted.limit == 0) return done(std::vector<number_offer>());
  auto searching = std::make_shared<offer_search>();
  searching->through = api_;
  searching->codes = wanted.area_codes;
  if (searching->codes.empty()) searching->codes.emplace_back();
  searching->price = wanted.type == number_type::toll_free ? toll_free_ : local_;
  searching->wanted = std::move(wanted);
  searching->done = std::move(done);
  searching->go_on();
}

void twilio_carrier::buy(number_purchase order, carrier_done<carrier_number> done) {
  if (!is_e164(order.e164)) {
    return done(refused(error_code::carrier_refused, "This is no telephone number."));
  }
  if (!is_mark(order.mark)) {
    return done(refused(error_code::carrier_refused, "The carrier cannot keep this mark."));
  }
  const bool tried_before = holds_->may_have_come(order.e164, order.mark);
  if (!holds_->begin(order.e164, order.mark)) return done(gone());
  auto buying = std::make_shared<purchase>();
  buying->through = api_;
  buying->holds = holds_;
  buying->tried_before = tried_before;
  buying->price = is_toll_free(order.e164) ? toll_free_ : local_;
  buying->order = std::move(order);
  buying->done = std::move(done);
  buying->begin();
}

void twilio_carrier::look_up(std::string e164, std::string mark,
                             carrier_done<std::optional<carrier_number>> done) {
  find_number(api_, std::move(e164), std::move(mark),
              [done = std::move(done)](result<std::optional<number_row>> found) mutable {
                if (!found) return done(std::move(found).error());
                if (!*found) return done(std::optional<carrier_number>());
                done(std::optional(as_carrier_number(**found)));
              });
}

void twilio_carrier::release(std::string e164, std::string mark, carrier_done<void> done) {
  auto giving = std::make_shared<giving_back>();
  giving->through = api_;
  giving->mark = std::move(mark);
  giving->done = [holds = holds_, e164, done = std::move(done)](result<void> ended) mutable {
    if (ended) holds->forget(e164);
    done(std::move(ended));
  };
  find_number(api_, std::move(e164), "",
              [giving](result<std::optional<number_row>> found) {
                if (!found) return giving->done(std::move(found).error());
                giving->take(*found);
              });
}

void twilio_carrier::list_owned(std::optional<std::string> cursor, std::size_t limit,
                                carrier_done<carrier_number_page> done) {
  if (limit < 1 || limit > 1'000) {
    return done(bad_field("limit", "limit must be 1 to 1000."));
  }
  form_list query{{"PageSize", std::to_string(limit)}};
  if (cursor) {
    auto place = read_cursor(*cursor);
    if (!place) return done(std::move(place).error());
    for (auto& field : *place) query.push_back(std::move(field));
  }
  const std::string base = api_->core("/IncomingPhoneNumbers.json");
  api_->get(with_query(base, query),
            [base, done = std::move(done)](result<json::object> body) mutable {
              if (!body) return done(std::move(body).error());
              done(read_page(*body, base));
            });
}

}  // namespace dialplane::twilio
