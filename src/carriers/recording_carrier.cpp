#include "carriers/recording_carrier.hpp"

#include <boost/json/array.hpp>
#include <utility>

namespace dialplane {

namespace {

namespace json = boost::json;

json::object told(const carrier_number& number) {
  return {{"e164", number.e164},
          {"mark", number.mark},
          {"standing", number.standing == order_standing::owned     ? "owned"
                       : number.standing == order_standing::pending ? "pending"
                                                                    : "failed"},
          {"reference", number.reference},
          {"routing_set", number.routing_set},
          {"text_url", number.routing.text_url},
          {"voice_url", number.routing.voice_url}};
}

json::object told(const std::optional<carrier_number>& found) {
  return found ? told(*found) : json::object{{"found", false}};
}

json::object told(const std::vector<number_offer>& offers) {
  json::array list;
  for (const number_offer& each : offers) {
    json::object one{{"e164", each.e164}, {"region", each.region}, {"monthly_micro_usd", nullptr}};
    if (each.price) one["monthly_micro_usd"] = each.price->monthly_micro_usd;
    list.push_back(std::move(one));
  }
  return {{"offers", std::move(list)}};
}

json::object told(const account_report& report) {
  json::array missing(report.missing.begin(), report.missing.end());
  // The account's name may show a part of a key.
  json::object one{{"balance_micro_usd", nullptr},
                   {"can_buy", report.can_buy},
                   {"missing", std::move(missing)}};
  if (report.balance_micro_usd) one["balance_micro_usd"] = *report.balance_micro_usd;
  return one;
}

template <typename T>
json::object outcome_of(const result<T>& outcome) {
  if (!outcome) {
    const error why = outcome.error();
    return {{"error", name_of(why.code)}, {"class", name_of(why.kind)}, {"message", why.message}};
  }
  if constexpr (std::is_void_v<T>) {
    return {{"done", true}};
  } else {
    return told(*outcome);
  }
}

}  // namespace

template <typename T>
carrier_done<T> recording_carrier::noted(std::string_view call, json::object asked,
                                         carrier_done<T> done) {
  return [into = into_, call, asked = std::move(asked),
          done = std::move(done)](result<T> outcome) mutable {
    into->note_call(call, asked, outcome_of(outcome));
    done(std::move(outcome));
  };
}

void recording_carrier::check_account(carrier_done<account_report> done) {
  inner().check_account(noted("check_account", {}, std::move(done)));
}

void recording_carrier::search(number_search wanted,
                               carrier_done<std::vector<number_offer>> done) {
  json::object asked{{"type", wanted.type == number_type::toll_free ? "toll_free" : "local"},
                     {"area_codes", json::array(wanted.area_codes.begin(),
                                                wanted.area_codes.end())},
                     {"limit", wanted.limit},
                     {"owner", wanted.owner}};
  inner().search(std::move(wanted), noted("search", std::move(asked), std::move(done)));
}

void recording_carrier::buy(number_purchase order, carrier_done<carrier_number> done) {
  json::object asked{{"e164", order.e164},
                     {"mark", order.mark},
                     {"owner", order.owner},
                     {"text_url", order.routing.text_url},
                     {"voice_url", order.routing.voice_url}};
  inner().buy(std::move(order), noted("buy", std::move(asked), std::move(done)));
}

void recording_carrier::look_up(std::string e164, std::string mark,
                                carrier_done<std::optional<carrier_number>> done) {
  json::object asked{{"e164", e164}, {"mark", mark}};
  inner().look_up(std::move(e164), std::move(mark),
                  noted("look_up", std::move(asked), std::move(done)));
}

void recording_carrier::release(std::string e164, std::string mark, carrier_done<void> done) {
  json::object asked{{"e164", e164}, {"mark", mark}};
  inner().release(std::move(e164), std::move(mark),
                  noted("release", std::move(asked), std::move(done)));
}

}  // namespace dialplane
