// Buying one exact number.
#include <utility>

#include "carriers/telnyx/numbers.hpp"
#include "carriers/telnyx/routing_targets.hpp"
#include "carriers/telnyx/scan.hpp"

namespace dialplane::telnyx {

namespace {

namespace json = boost::json;

// Profile and application first, so that nothing but the order itself can be in doubt; then the
// order; then one look at how far it is. Once the order is known to exist no later failure may
// hide that: the purchase is then pending, and look_up() tells the rest.
class buying final : public flow<carrier_number> {
 public:
  buying(const std::shared_ptr<account>& at, number_purchase wanted,
         carrier_done<carrier_number> done)
      : flow(at, std::move(done)), wanted_(std::move(wanted)) {}

  void run() {
    find_target(target_kind::messaging_profile, wanted_.routing.text_url, &profile_, [this] {
      find_target(target_kind::texml_application, wanted_.routing.voice_url, &application_,
                  [this] { order(); });
    });
  }

 private:
  template <typename Then>
  void find_target(target_kind kind, const std::string& url, std::string* into, Then then) {
    const auto account = at();
    if (account == nullptr) return end(account_is_gone());
    if (url.empty()) return then();
    account->targets->find_or_make(
        account, kind, url,
        [self = shared_from_this(), this, into, then](result<std::string> id) {
          // Nothing was ordered, whatever became of the profile.
          if (!id) return end(before_the_order(std::move(id).error()));
          *into = *std::move(id);
          then();
        });
  }

  static error before_the_order(error failure) {
    if (failure.kind != error_class::unknown) return failure;
    failure.kind = error_class::not_done;
    failure.code = error_code::carrier_unavailable;
    return failure;
  }

  void order() {
    json::object body{{"phone_numbers", {{{"phone_number", wanted_.e164}}}},
                      {"customer_reference", wanted_.mark}};
    if (!profile_.empty()) body["messaging_profile_id"] = profile_;
    if (!application_.empty()) body["connection_id"] = application_;
    ask_any({.method = "POST", .path = "/number_orders", .body = std::move(body)},
            [this](api_answer got) {
              if (got.is_duplicate()) return look_whose_it_is();
              if (got.failure) return end(*std::move(got.failure));
              take_order(got.body, true);
            });
  }

  // A refusal as duplicate may mean that an earlier order of ours arrived after all.
  void look_whose_it_is() {
    const auto account = at();
    if (account == nullptr) return end(account_is_gone());
    look_up_number(account, wanted_.e164, wanted_.mark,
                   step<std::optional<carrier_number>>([this](std::optional<carrier_number> found) {
                     const bool is_ours = found && found->mark == wanted_.mark &&
                                          found->e164 == wanted_.e164 &&
                                          found->standing != order_standing::failed;
                     if (!is_ours) return end(number_is_gone());
                     end(*std::move(found));
                   }));
  }

  void take_order(const json::object& body, bool is_first) {
    auto row = read_order(body);
    if (!row) {
      if (is_first) return end(unreadable(true, row.error().internal));
      return end(pending());
    }
    made_ = *std::move(row);
    if (made_.status == "failure") return end(number_is_gone());
    if (made_.status == "success") return find_number();
    if (!is_first) return end(pending());
    ask_any_of_order({.path = "/number_orders/" + made_.id},
                     [this](api_answer got) { take_order(got.body, false); });
  }

  // As ask_any, but without an answer the purchase is pending.
  template <typename Then>
  void ask_any_of_order(api_request request, Then then) {
    const auto account = at();
    if (account == nullptr) return end(pending());
    account->requests.send(std::move(request), [self = shared_from_this(), this,
                                                then](result<api_answer> got) mutable {
      if (!got || got->failure) return end(pending());
      then(*std::move(got));
    });
  }

  static result<order_row> read_order(const json::object& body) {
    answer_reader outer(body);
    const json::object& data = outer.object("data");
    TRY(outer.finish());
    return read_order_row(data);
  }

  // The order's ids are not the number's: its own is in the list, perhaps only in a moment.
  void find_number() {
    const auto account = at();
    if (account == nullptr) return end(pending());
    find_by_number(account, wanted_.e164,
                   [self = shared_from_this(), this](result<std::vector<number_row>> rows) {
                     if (!rows || rows->empty() || rows->front().mark != wanted_.mark) {
                       return end(pending());
                     }
                     const number_row& row = rows->front();
                     const auto standing = standing_of(row.status);
                     end(to_carrier_number(row, standing.value_or(order_standing::pending)));
                   });
  }

  carrier_number pending() const {
    carrier_number number;
    number.e164 = wanted_.e164;
    number.mark = wanted_.mark;
    number.bought_at = made_.created_at.value_or(timestamp{});
    number.standing = order_standing::pending;
    number.standing_detail = made_.status;
    return number;
  }

  const number_purchase wanted_;
  std::string profile_;
  std::string application_;
  order_row made_;
};

}  // namespace

void buy_number(const std::shared_ptr<account>& at, number_purchase order,
                carrier_done<carrier_number> done) {
  if (!is_us_e164(order.e164)) {
    return done(refused(error_code::carrier_refused, "The carrier has no such number."));
  }
  if (!is_mark(order.mark)) {
    return done(refused(error_code::carrier_refused, "The carrier does not take this mark."));
  }
  std::make_shared<buying>(at, std::move(order), std::move(done))->run();
}

}  // namespace dialplane::telnyx
