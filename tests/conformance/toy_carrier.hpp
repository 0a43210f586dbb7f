// A fifth carrier in small, as docs/add-a-carrier.md adds it: description, adapter, emulator,
// fixture. Its API: GET /numbers, POST /owned, GET /owned, PUT and DELETE /owned/{number}.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <set>

#include "base/json_gate.hpp"
#include "conformance/wire_fixture.hpp"

namespace dialplane::test::toy {

namespace json = boost::json;

inline constexpr std::string_view description = R"(kind: toy
title: Toy
abilities: {is_real: true, registers_brands: false, takes_calls: false,
            sets_routing_at_purchase: true, settling_time_ms: 10000}
credentials: [{name: api_key, title: The key of the account}]
)";

inline error not_here() {
  return conflicting(error_code::number_unavailable, "This number is not there.");
}

inline bool is_number(std::string_view text) { return text.size() == 12 && text[0] == '+'; }

class toy_carrier final : public carrier {
 public:
  toy_carrier(carrier_abilities can, const carrier_tools& tools, carrier_limits limits,
              std::string url, std::string key)
      : abilities_(std::move(can)), url_(std::move(url)), key_(std::move(key)),
        http_(tools, limits) {}
  const carrier_abilities& abilities() const noexcept override { return abilities_; }

  void search(number_search wanted, carrier_done<std::vector<number_offer>> done) override {
    std::string codes;
    for (const std::string& code : wanted.area_codes) codes += code + ",";
    if (wanted.type != number_type::local) return done(std::vector<number_offer>());
    ask("GET", "/numbers?limit=" + std::to_string(wanted.limit) + "&codes=" + codes, {},
        [done = std::move(done)](result<json::object> said) mutable {
          if (!said) return done(std::move(said).error());
          std::vector<number_offer> offers;
          for (const json::value& one : rows_of(*said)) {
            offers.push_back({text(one, "number")});
          }
          done(std::move(offers));
        });
  }
  void buy(number_purchase order, carrier_done<carrier_number> done) override {
    const bool good_mark = !order.mark.empty() && order.mark.size() <= 64 &&
                           order.mark.find(' ') == std::string::npos;
    if (!good_mark) return done(bad_field("mark", "1 to 64 letters, digits, - and _."));
    ask("POST", "/owned",
        {{"number", order.e164}, {"mark", order.mark}, {"text_url", order.routing.text_url}},
        [this, order, done = std::move(done)](result<json::object> said) mutable {
          if (said) return done(number_from(*said));
          if (said.error().kind == error_class::unknown) unanswered_.insert(order.mark);
          if (said.error().kind != error_class::conflict) return done(std::move(said).error());
          look_whether_ours(order, std::move(done));
        });
  }
  // Sold already, perhaps to an earlier try of this very purchase.
  void look_whether_ours(const number_purchase& order, carrier_done<carrier_number> done) {
    const bool may_be = unanswered_.contains(order.mark);
    look_up(order.e164, order.mark, [order, may_be, done = std::move(done)](auto found) mutable {
      const bool seen = found && *found && (*found)->e164 == order.e164;
      if (seen && (*found)->mark == order.mark) return done(**found);
      if (seen || (found && !may_be)) return done(not_here());
      done(outcome_unknown(error_code::carrier_outcome_unknown, "Toy sold it; perhaps to us.", ""));
    });
  }
  void look_up(std::string e164, std::string mark,
               carrier_done<std::optional<carrier_number>> done) override {
    ask("GET", "/owned?limit=1000&number=" + percent_encoded(e164) + "&mark=" + mark, {},
        [=, done = std::move(done)](result<json::object> said) mutable {
          if (!said) return done(std::move(said).error());
          std::optional<carrier_number> found;
          for (const json::value& one : rows_of(*said)) {  // a filter may be ignored
            carrier_number row = number_from(one);
            if (!mark.empty() && row.mark == mark) return done(std::optional(row));
            if (!e164.empty() && row.e164 == e164) found = row;
          }
          done(std::move(found));
        });
  }
  void set_routing(std::string e164, number_routing routing, carrier_done<void> done) override {
    change("PUT", e164, {{"text_url", routing.text_url}}, std::move(done));
  }
  void release(std::string e164, std::string mark, carrier_done<void> done) override {
    change("DELETE", e164, {{"mark", mark}}, [done = std::move(done)](result<void> said) mutable {
      const bool gone = !said && said.error().kind == error_class::conflict;
      done(gone ? result<void>() : said);
    });
  }
  void list_owned(std::optional<std::string> cursor, std::size_t limit,
                  carrier_done<carrier_number_page> done) override {
    if (cursor && !is_number(*cursor)) return done(bad_field("cursor", "Not one of ours."));
    const std::string after = percent_encoded(cursor.value_or(""));
    ask("GET", "/owned?after=" + after + "&limit=" + std::to_string(limit), {},
        [limit, done = std::move(done)](result<json::object> said) mutable {
          if (!said) return done(std::move(said).error());
          carrier_number_page page;
          for (const json::value& one : rows_of(*said)) {
            page.numbers.push_back(number_from(one));
          }
          if (page.numbers.size() == limit) page.next_cursor = page.numbers.back().e164;
          done(std::move(page));
        });
  }
  void check_account(carrier_done<account_report> done) override {
    ask("GET", "/owned?limit=1", {}, [done = std::move(done)](result<json::object> said) mutable {
      if (!said) return done(std::move(said).error());
      done(account_report{.account = "toy", .balance_micro_usd = {}, .missing = {}});
    });
  }
  void file_campaign(campaign_filing, carrier_done<campaign_report> done) override { done(no()); }
  void campaign_state(std::string, carrier_done<campaign_report> done) override { done(no()); }
  void attach_number(std::string, std::string, carrier_done<void> done) override { done(no()); }

 private:
  static error no() { return refused(error_code::not_configured, "Toy has no campaigns."); }
  static json::array rows_of(const json::object& said) {
    const json::value* rows = said.if_contains("rows");
    return rows != nullptr && rows->is_array() ? rows->get_array() : json::array();
  }
  // What the carrier leaves out or writes oddly is empty here, never a crash.
  static std::string text(const json::value& row, std::string_view name) {
    const json::value* value = row.is_object() ? row.get_object().if_contains(name) : nullptr;
    const bool is_text = value != nullptr && value->is_string();
    return is_text ? std::string(value->get_string()) : std::string();
  }
  static carrier_number number_from(const json::value& row) {
    carrier_number number{.e164 = text(row, "number"), .mark = text(row, "mark")};
    if (const auto at = parse_rfc3339(text(row, "bought_at"))) number.bought_at = *at;
    number.routing.text_url = text(row, "text_url");
    number.routing_set = !number.routing.text_url.empty();
    return number;
  }
  // What the status says, in one of the four classes.
  static result<json::object> judge(const http_answer& answer) {
    switch (answer.status) {
      case 400: return refused(error_code::carrier_refused, "Toy refuses this number.");
      case 401: return refused(error_code::carrier_credentials_rejected, "Toy knows no such key.");
      case 402: return refused(error_code::carrier_out_of_funds, "The toy account is empty.");
      case 404: case 409: return not_here();
      case 429: return not_done(error_code::carrier_unavailable, "Toy is busy.", "429");
      default: break;
    }
    auto body = parse_json_object(answer.body, {.max_bytes = 1024 * 1024});
    if (answer.status < 300 && body) return body;
    return outcome_unknown(error_code::carrier_outcome_unknown, "Toy answered oddly.", "");
  }
  void ask(std::string method, const std::string& path, const json::object& body,
           unique_function<void(result<json::object>)> done) {
    http_.send({std::move(method), url_ + path, {{"authorization", key_}}, json::serialize(body)},
               [done = std::move(done)](result<http_answer> came) mutable {
                 done(came ? judge(*came) : result<json::object>(came.error()));
               });
  }
  void change(std::string method, const std::string& e164, const json::object& body,
              carrier_done<void> done) {
    ask(std::move(method), "/owned/" + percent_encoded(e164), body,
        [done = std::move(done)](result<json::object> said) mutable {
          done(said ? result<void>() : result<void>(said.error()));
        });
  }

  carrier_abilities abilities_;
  std::string url_;
  std::string key_;
  std::set<std::string> unanswered_;  // marks whose purchase may have come through
  carrier_http http_;
};

inline result<std::unique_ptr<carrier>> make(const carrier_description& described,
                                             const carrier_tools& tools,
                                             carrier_account_settings account) {
  TRY_ASSIGN(const secret_string key, credential_of(account, "api_key"));
  carrier_abilities can = described.abilities;
  can.name = account.name;
  return std::unique_ptr<carrier>(std::make_unique<toy_carrier>(
      can, tools, described.limits, base_url_of(described, account), std::string(key.reveal())));
}

}  // namespace dialplane::test::toy
