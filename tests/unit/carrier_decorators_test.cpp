// Carriers that stand in front of another: watched, closed, told apart by a secret address.
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "carriers/closed_carrier.hpp"
#include "carriers/measured_carrier.hpp"
#include "carriers/secret_address_carrier.hpp"
#include "carriers/watched_carrier.hpp"
#include "domain/carrier_account.hpp"
#include "support/manual_event_loop.hpp"
#include "support/show_results.hpp"

namespace dialplane::test {

namespace {

// Answers every call at once: with `failure` where there is one. Keeps what it was given.
class answering_carrier final : public carrier {
 public:
  const carrier_abilities& abilities() const noexcept override { return abilities_; }
  void search(number_search, carrier_done<std::vector<number_offer>> done) override {
    answer(std::move(done), {});
  }
  void buy(number_purchase order, carrier_done<carrier_number> done) override {
    given = order.routing;
    answer(std::move(done), owned());
  }
  void look_up(std::string, std::string,
               carrier_done<std::optional<carrier_number>> done) override {
    answer<std::optional<carrier_number>>(std::move(done), owned());
  }
  void set_routing(std::string, number_routing routing, carrier_done<void> done) override {
    given = std::move(routing);
    if (failure) return done(*failure);
    done({});
  }
  void release(std::string, std::string, carrier_done<void> done) override { done({}); }
  void list_owned(std::optional<std::string>, std::size_t,
                  carrier_done<carrier_number_page> done) override {
    answer(std::move(done), carrier_number_page{{owned()}, std::nullopt});
  }
  void file_campaign(campaign_filing, carrier_done<campaign_report> done) override {
    answer(std::move(done), {});
  }
  void campaign_state(std::string, carrier_done<campaign_report> done) override {
    answer(std::move(done), {});
  }
  void attach_number(std::string, std::string, carrier_done<void> done) override { done({}); }
  void check_account(carrier_done<account_report> done) override {
    if (holds_reports) return held_reports.push_back(std::move(done));
    answer(std::move(done), account_report{.account = "A", .balance_micro_usd = balance});
  }
  webhook_answer call_instructions(const call_plan& plan) const override {
    return {"text/plain", plan.next_url + " " + plan.status_url};
  }

  std::optional<error> failure;
  std::optional<std::int64_t> balance;
  number_routing given;
  bool holds_reports = false;
  std::vector<carrier_done<account_report>> held_reports;

 private:
  carrier_number owned() const {
    carrier_number number;
    number.routing = given;
    return number;
  }
  template <typename T>
  void answer(carrier_done<T> done, T value) {
    if (failure) return done(*failure);
    done(std::move(value));
  }

  carrier_abilities abilities_{.name = "scripted"};
};

const std::string address_token = "0123456789abcdefghijABCD";

carrier_webhook webhook_at(std::string url) {
  carrier_webhook received;
  received.body = "From=1";
  received.url = std::move(url);
  return received;
}

}  // namespace

TEST_CASE("watched: what answers say about the account is told, and the answers pass unchanged") {
  auto inner = std::make_unique<answering_carrier>();
  answering_carrier& script = *inner;
  std::vector<account_standing> told;
  watched_carrier watched(std::move(inner), [&](account_standing standing, const std::string&) {
    told.push_back(standing);
  });
  const auto buy = [&] {
    std::optional<result<carrier_number>> seen;
    watched.buy({}, [&](result<carrier_number> bought) { seen = std::move(bought); });
    return *seen;
  };
  CHECK(buy());
  CHECK(told.empty());
  script.failure = refused(error_code::carrier_refused, "No.");
  CHECK(buy().error().code == error_code::carrier_refused);
  CHECK(told.empty());
  script.failure = refused(error_code::carrier_out_of_funds, "Pay.");
  CHECK(buy().error().code == error_code::carrier_out_of_funds);
  script.failure = refused(error_code::carrier_credentials_rejected, "Who?");
  CHECK(!buy());
  watched.check_account([](result<account_report> report) { CHECK(!report); });
  script.failure.reset();
  CHECK(buy());  // a purchase says nothing about money that is left
  script.balance = 0;
  watched.check_account([](result<account_report> report) { CHECK(report); });
  script.balance = 1;
  watched.check_account([](result<account_report> report) { CHECK(report->account == "A"); });
  CHECK(told == std::vector{account_standing::out_of_funds, account_standing::credentials_rejected,
                            account_standing::credentials_rejected, account_standing::out_of_funds,
                            account_standing::open});
}

TEST_CASE("watched: a late report says nothing where something newer was told, and only there") {
  auto inner = std::make_unique<answering_carrier>();
  answering_carrier& script = *inner;
  script.holds_reports = true;
  std::vector<account_standing> told;
  watched_carrier watched(std::move(inner), [&](account_standing standing, const std::string&) {
    told.push_back(standing);
  });
  int answered = 0;
  const auto ask = [&] {
    watched.check_account([&](result<account_report> report) { answered += report ? 1 : 0; });
  };
  const auto answer = [&](std::size_t which, std::int64_t balance) {
    script.held_reports.at(which)(account_report{.account = "A", .balance_micro_usd = balance});
  };
  // Two under way: the later one is believed, whichever answers first.
  ask();
  ask();
  answer(0, 1);
  answer(1, 0);
  CHECK(told == std::vector{account_standing::open, account_standing::out_of_funds});
  ask();
  ask();
  answer(3, 1);
  answer(2, 0);
  CHECK(told.size() == 3);
  CHECK(told.back() == account_standing::open);
  // A failure that came while it was under way is newer.
  ask();
  script.failure = refused(error_code::carrier_credentials_rejected, "Who?");
  watched.buy({}, [](result<carrier_number> bought) { CHECK(!bought); });
  answer(4, 1);
  CHECK(told.size() == 4);
  CHECK(told.back() == account_standing::credentials_rejected);
  CHECK(answered == 5);
}

TEST_CASE("secret address: added on the way out, taken off on the way in") {
  auto inner = std::make_unique<answering_carrier>();
  answering_carrier& script = *inner;
  secret_address_carrier secret(std::move(inner), secret_string(address_token));
  secret.set_routing("+14155550142", {"https://us.example/t", "https://us.example/c?x=1"},
                     [](result<void> set) { CHECK(set); });
  CHECK(script.given.text_url == "https://us.example/t?key=" + address_token);
  CHECK(script.given.voice_url == "https://us.example/c?x=1&key=" + address_token);
  const auto same = [](const number_routing& told) {
    CHECK(told.text_url == "https://us.example/t");
    CHECK(told.voice_url == "https://us.example/c?x=1");
  };
  secret.look_up("+14155550142", "", [&](result<std::optional<carrier_number>> found) {
    same((**found).routing);
  });
  secret.list_owned(std::nullopt, 10, [&](result<carrier_number_page> page) {
    same(page->numbers.at(0).routing);
  });
  number_purchase order;
  order.routing = {"https://us.example/t", "https://us.example/c?x=1"};
  secret.buy(std::move(order), [&](result<carrier_number> bought) { same(bought->routing); });
  CHECK(script.given.text_url == "https://us.example/t?key=" + address_token);
  script.given = {"https://us.example/t?key=other", ""};
  secret.look_up("+14155550142", "", [&](result<std::optional<carrier_number>> found) {
    CHECK((**found).routing.text_url == "https://us.example/t?key=other");
    CHECK((**found).routing.voice_url.empty());
  });
  call_plan plan;
  plan.next_url = "https://us.example/n";
  CHECK(secret.call_instructions(plan).body == "https://us.example/n?key=" + address_token + " ");
}

TEST_CASE("secret address: only what arrives there is the carrier's") {
  const secret_address_carrier secret(std::make_unique<answering_carrier>(),
                                      secret_string(address_token));
  const auto good = secret.verify_webhook(webhook_at("https://us.example/t?key=" + address_token));
  REQUIRE(good);
  CHECK(secret.verify_webhook(webhook_at("https://us.example/c?x=1&key=" + address_token)));
  carrier_webhook other = webhook_at("https://us.example/t?key=" + address_token);
  other.body = "From=2";
  CHECK(secret.verify_webhook(other)->event_key != good->event_key);
  const std::string base = "https://us.example/t";
  for (const std::string& url :
       {std::string(), base, base + "?key=", base + "?key=" + address_token.substr(1),
        base + "?key=" + address_token + "x",
        base + "?key=" + address_token + "&key=", base + "?monkey=" + address_token,
        base + "/key=" + address_token, base + "?key=" + address_token + "&x=1"}) {
    INFO(url);
    const auto verified = secret.verify_webhook(webhook_at(url));
    REQUIRE(!verified);
    CHECK(verified.error().code == error_code::unauthorized);
  }
}

TEST_CASE("closed: every call ends later, as not done, with the reason") {
  shared_manual_clock time;
  manual_event_loop loop(time);
  closed_carrier closed({.name = "gone"}, "It was removed.");
  CHECK(closed.abilities().name == "gone");
  std::vector<error> failures;
  closed.release("+14155550142", "m", [&](result<void> done) { failures.push_back(done.error()); });
  closed.look_up("+14155550142", "m", [&](result<std::optional<carrier_number>> found) {
    failures.push_back(found.error());
  });
  closed.check_account([&](result<account_report> report) {
    failures.push_back(report.error());
  });
  CHECK(failures.empty());
  loop.run_ready();
  REQUIRE(failures.size() == 3);
  for (const error& why : failures) {
    CHECK(why.kind == error_class::not_done);
    CHECK(why.message == "It was removed.");
  }
  CHECK(!closed.verify_webhook({}));
}

namespace {

// Asks for everything the port has; counts the answers.
struct everything {
  int answers = 0;
  std::vector<error> failures;

  template <typename T>
  carrier_done<T> told() {
    return [this](result<T> outcome) {
      ++answers;
      if (!outcome) failures.push_back(outcome.error());
    };
  }
  void ask(carrier& of) {
    of.search({}, told<std::vector<number_offer>>());
    of.buy({}, told<carrier_number>());
    of.look_up("", "", told<std::optional<carrier_number>>());
    of.set_routing("", {}, told<void>());
    of.release("", "", told<void>());
    of.reserve("", "", told<number_reservation>());
    of.read_routing("", told<routing_snapshot>());
    of.restore_routing("", {}, told<void>());
    of.check_account(told<account_report>());
    of.list_owned(std::nullopt, 1, told<carrier_number_page>());
    of.file_campaign({}, told<campaign_report>());
    of.campaign_state("", told<campaign_report>());
    of.attach_number("", "", told<void>());
    of.file_brand({}, told<brand_report>());
    of.brand_state("", told<brand_report>());
    of.resend_brand_code("", told<brand_report>());
    of.confirm_brand_code("", "", told<brand_report>());
    of.attachment_state("", "", told<attachment_report>());
    of.end_campaign("", told<void>());
    of.send_text({}, told<text_receipt>());
    of.look_up_text("", "", "", told<std::optional<text_receipt>>());
    of.text_state("", told<carrier_news>());
    of.received_texts({}, std::nullopt, told<received_texts_page>());
  }
};

constexpr std::size_t methods = enum_names<carrier_method>::names.size();

// Keeps what was asked of it, and how it ended.
class noting_carrier final : public passing_carrier {
 public:
  using passing_carrier::passing_carrier;
  std::vector<carrier_method> began;
  std::vector<bool> went_well;

 private:
  result<call_end> on_call(carrier_method which) override {
    began.push_back(which);
    return call_end([this](const error* failure) { went_well.push_back(failure == nullptr); });
  }
};

}  // namespace

TEST_CASE("passing: every method of the port passes by once, and its end is told") {
  auto inner = std::make_unique<answering_carrier>();
  answering_carrier& script = *inner;
  noting_carrier noting(std::move(inner));
  everything asked;
  asked.ask(noting);
  std::vector<carrier_method> all;
  for (const auto& [method, name] : enum_names<carrier_method>::names) all.push_back(method);
  CHECK(noting.began == all);
  CHECK(asked.answers == static_cast<int>(methods));
  REQUIRE(noting.went_well.size() == methods);
  const auto well = std::count(noting.went_well.begin(), noting.went_well.end(), true);
  CHECK(static_cast<std::size_t>(well) == methods - asked.failures.size());
  CHECK(noting.went_well.front());
  CHECK(noting.abilities().name == "scripted");
  CHECK(noting.verify_webhook({}).error().code == error_code::not_configured);
  script.failure = refused(error_code::carrier_refused, "No.");
  noting.buy({}, [](result<carrier_number> bought) { CHECK(!bought); });
  CHECK(!noting.went_well.back());
}

TEST_CASE("measured: every method has its own figures") {
  metrics_registry metrics;
  measured_carrier measured(std::make_unique<answering_carrier>(), metrics);
  everything asked;
  asked.ask(measured);
  CHECK(asked.answers == static_cast<int>(methods));
  const std::string text = metrics.render();
  for (const auto& [method, name] : enum_names<carrier_method>::names) {
    INFO(name);
    const std::string series =
        "dialplane_carrier_call_seconds_count{carrier=\"scripted\",call=\"" +
        std::string(name) + "\"} 1\n";
    CHECK(text.find(series) != std::string::npos);
  }
  CHECK(text.find("call=\"buy\",outcome=\"ok\"} 1") != std::string::npos);
  CHECK(text.find("call=\"send_text\",outcome=\"refused\"} 1") != std::string::npos);
}

TEST_CASE("closed: nothing of the port is left open") {
  shared_manual_clock time;
  manual_event_loop loop(time);
  closed_carrier closed({.name = "gone"}, "It was removed.");
  everything asked;
  asked.ask(closed);
  CHECK(asked.answers == 0);
  loop.run_ready();
  REQUIRE(asked.failures.size() == methods);
  for (const error& why : asked.failures) CHECK(why.kind == error_class::not_done);
  CHECK(!closed.offer_at_once({}));
  CHECK(!closed.read_webhook("{}"));
  CHECK(!closed.read_call(""));
}

TEST_CASE("account names are parts of addresses; every state has a sentence of its own") {
  for (const char* good : {"a", "main", "eu-2", "a-very-long-name-of-exactly-40-letters-x"}) {
    CHECK(is_account_name(good));
  }
  for (const char* bad : {"", "Main", "2nd", "-a", "a b", "a/b", "a.b", "ä",
                          "a-very-long-name-of-more-than-40-letters-xxx"}) {
    INFO(bad);
    CHECK(!is_account_name(bad));
  }
  std::vector<std::string> seen;
  for (const auto& [state, name] : enum_names<carrier_account_state>::names) {
    carrier_account row;
    row.name = "main";
    row.state = state;
    const std::string sentence = sentence_of(row);
    CHECK(sentence.ends_with("."));
    CHECK(std::find(seen.begin(), seen.end(), sentence) == seen.end());
    seen.push_back(sentence);
    row.state_detail = "because";
    CHECK((state == carrier_account_state::active) == (sentence_of(row) == sentence));
  }
}

}  // namespace dialplane::test
