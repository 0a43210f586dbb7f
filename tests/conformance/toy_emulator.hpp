// The toy carrier's API, played; and the fixture that joins it to the suite.
#pragma once

#include "conformance/toy_carrier.hpp"
#include "emulators/carrier_emulator.hpp"

namespace dialplane::test::toy {

using emulators::emulated_request;

class toy_emulator final : public emulators::carrier_emulator {
 public:
  explicit toy_emulator(emulators::emulator_tools tools) : carrier_emulator(std::move(tools)) {
    route("GET", "/numbers", "search", [this](const auto& asked) { return for_sale(asked); });
    route("POST", "/owned", "buy", [this](const auto& asked) { return sell(asked); });
    route("GET", "/owned", "list", [this](const auto& asked) { return list(asked); });
    route("PUT", "/owned/{number}", "update", [this](const auto& asked) { return reroute(asked); });
    route("DELETE", "/owned/{number}", "release",
          [this](const auto& asked) { return drop(asked); });
  }

  result<json::object> control(std::string_view method, std::string_view what,
                               const json::object& order) override {
    if (method != "POST" || what != "account") {
      return carrier_emulator::control(method, what, order);
    }
    revoked_ = order.contains("revoked");
    return json::object{};
  }

 protected:
  std::optional<http_response> refuse_entry(const emulated_request& asked) override {
    const std::string* key = asked.http.header("authorization");
    if (!revoked_ && key != nullptr && *key == "toy-key") return std::nullopt;
    return plain(401);
  }
  http_response rate_limited_answer() const override { return plain(429); }
  http_response error_answer(int status) const override { return plain(status); }
  http_response no_such_route(const http_request&) const override { return plain(404); }
  std::vector<http_header> sign(const emulators::emulated_webhook&, bool) override { return {}; }
  void describe(json::object& state) const override { state["purchases"] = purchases_; }

 private:
  struct owned {
    std::string mark;
    std::string text_url;
    timestamp bought_at;
    timestamp shows_at;
  };

  static http_response plain(int status) {
    return emulators::json_response(status, json::object{});
  }

  http_response for_sale(const emulated_request& asked) {
    json::array rows;
    const std::size_t limit = std::stoul(std::string(asked.query().text("limit")));
    std::string codes(asked.query().text("codes"));
    for (; codes.size() >= 4; codes.erase(0, 4)) {
      const std::string code = codes.substr(0, 3);
      for (int line = 0; code != "200" && line < 1'000 && rows.size() < limit; ++line) {
        const std::string number = "+1" + code + "555" + std::to_string(1'000 + line);
        if (!owned_.contains(number)) rows.push_back(json::object{{"number", number}});
      }
    }
    return emulators::json_response(200, json::object{{"rows", std::move(rows)}});
  }
  http_response sell(const emulated_request& asked) {
    const std::string number(asked.json().at("number").as_string());
    if (faults().draw("no_funds", "buy")) return plain(402);
    if (!number.starts_with("+1") || number.size() != 12 || number.ends_with("0123")) {
      return plain(400);
    }
    if (faults().draw("gone", "buy") || owned_.contains(number)) return plain(409);
    owned& row = owned_[number];
    row = {std::string(asked.json().at("mark").as_string()),
           std::string(asked.json().at("text_url").as_string()), time().now(), time().now()};
    if (const auto hidden = faults().draw("hidden", "buy")) {
      row.shows_at = row.shows_at + milliseconds(hidden->delay_ms);
    }
    purchases_.push_back(json::object{{"e164", number}, {"mark", row.mark}});
    return emulators::json_response(201, shown(number, row));
  }
  http_response list(const emulated_request& asked) {
    const bool filters = !faults().draw("filter_ignored", "list");
    const std::string_view number = asked.query().text("number");
    const std::string_view mark = asked.query().text("mark");
    const std::size_t limit = std::stoul(std::string(asked.query().text("limit")));
    json::array rows;
    for (auto at = owned_.upper_bound(std::string(asked.query().text("after")));
         at != owned_.end() && rows.size() < limit; ++at) {
      const bool asked_for = (number.empty() && mark.empty()) || at->first == number ||
                             (!mark.empty() && at->second.mark == mark);
      if (at->second.shows_at > time().now() || (filters && !asked_for)) continue;
      rows.push_back(shown(at->first, at->second));
    }
    return emulators::json_response(200, json::object{{"rows", std::move(rows)}});
  }
  http_response reroute(const emulated_request& asked) {
    const auto found = owned_.find(std::string(asked.value("number")));
    if (found == owned_.end()) return plain(404);
    found->second.text_url = asked.json().at("text_url").as_string();
    return emulators::json_response(200, shown(found->first, found->second));
  }
  http_response drop(const emulated_request& asked) {
    if (faults().draw("release_404", "release")) return plain(404);
    const auto found = owned_.find(std::string(asked.value("number")));
    if (found == owned_.end()) return plain(404);
    if (found->second.mark == asked.json().at("mark").as_string()) owned_.erase(found);
    return emulators::json_response(200, json::object{});
  }
  static json::object shown(const std::string& number, const owned& row) {
    return {{"number", number},
            {"mark", row.mark},
            {"text_url", row.text_url},
            {"bought_at", to_rfc3339(row.bought_at)}};
  }

  bool revoked_ = false;
  std::map<std::string, owned> owned_;
  json::array purchases_;
};

class toy_fixture final : public wire_fixture {
 public:
  toy_fixture() : wire_fixture(parts()) {}
  std::vector<std::string> area_codes() const override { return {"415", "212"}; }
  std::string impossible_number() const override { return "+14155550123"; }
  bool has_texts() const override { return false; }

 private:
  static setup parts() {
    static const carrier_description described = *parse_carrier_description(description);
    return {.described = &described,
            .make = make,
            .play = [](emulators::emulator_tools tools)
                -> std::unique_ptr<emulators::carrier_emulator> {
              return std::make_unique<toy_emulator>(std::move(tools));
            },
            .credentials = {{"api_key", "toy-key"}}};
  }
};

}  // namespace dialplane::test::toy
