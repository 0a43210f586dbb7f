// What is Surge's alone: purchases by area code where there is no search; registration in its
// words; texts found again; what its webhooks tell.
#include <algorithm>
#include <set>

#include "conformance/surge_books.hpp"

namespace dialplane::test {
namespace {

carrier_news next_news_of(surge_fixture& at, carrier_news_kind kind) {
  for (int came = 0; came < 20; ++came) {
    const auto news = next_news(at);
    if (!news.empty() && news.front().kind == kind) return news.front();
  }
  FAIL("no such news");
  return {};
}

}  // namespace

TEST_CASE("surge: many at once for a new owner share one account") {
  surge_fixture at;
  std::vector<pending_answer<carrier_number>> answers(12);
  const auto offers = at.search({number_type::local, {"415"}, 12});
  REQUIRE(offers.size() == 12);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    number_purchase order;
    order.e164 = offers[i].e164;
    order.mark = "mark-" + std::to_string(i);
    order.owner = "owner-a";
    at.subject().buy(std::move(order), answers[i].done());
  }
  for (const auto& answer : answers) CHECK(at.await(answer));
  CHECK(accounts_named(at, "owner-a") == 1);
}

TEST_CASE("surge: an archived account is replaced by a new one") {
  surge_fixture at;
  REQUIRE(at.buy(at.any_number(), "mark-0"));
  REQUIRE(buy_for(at, "owner-a", at.any_number(), "mark-1"));
  const std::string number = at.any_number();
  std::string account;
  for (const object& row : rows(at, "accounts")) {
    if (row.at("name").as_string() == "owner-a") account = row.at("id").as_string().c_str();
  }
  at.control("DELETE", "accounts", {{"id", account}});
  const auto first = buy_for(at, "owner-a", number, "mark-2");
  REQUIRE_FALSE(first);
  CHECK(first.error().kind == error_class::not_done);
  REQUIRE(buy_for(at, "owner-a", number, "mark-2"));
  CHECK_FALSE(at.is_seen("", "mark-1"));
}

TEST_CASE("surge: without a search, numbers are bought by area code, one at a time") {
  for (const bool names_ignored : {false, true}) {
    INFO("names ignored ", names_ignored);
    surge_fixture at;
    at.control("POST", "account",
               {{"search_missing", true}, {"names_ignored", names_ignored}});
    const auto offers = at.search({number_type::local, {"415", "212"}, 2});
    REQUIRE(offers.size() == 2);
    CHECK(offers[0].e164 == "+1415");
    CHECK(offers[1].e164 == "+1212");
    const auto toll_free = at.search({number_type::toll_free, {"833"}, 1});
    REQUIRE(toll_free.size() == 1);
    std::vector<pending_answer<carrier_number>> answers;
    for (int i = 0; i < 6; ++i) answers.push_back(at.start_buy("+1415", "m" + std::to_string(i)));
    answers.push_back(at.start_buy(toll_free[0].e164, "m6"));
    std::set<std::string> numbers;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const auto bought = at.await(answers[i]);
      REQUIRE(bought);
      CHECK(bought->mark == "m" + std::to_string(i));
      CHECK(bought->e164.starts_with(i < 6 ? "+1415" : "+1833"));
      numbers.insert(bought->e164);
    }
    CHECK(numbers.size() == 7);
    CHECK(rows(at, "purchases").size() == 7);
    const auto empty = at.buy("+1200", "m8");
    REQUIRE_FALSE(empty);
    CHECK(empty.error().code == error_code::number_unavailable);
  }
}

TEST_CASE("surge: a lost answer of a purchase by area code is resolved by the list") {
  for (const bool names_ignored : {false, true}) {
    INFO("names ignored ", names_ignored);
    surge_fixture at;
    at.control("POST", "account",
               {{"search_missing", true}, {"names_ignored", names_ignored}});
    REQUIRE(at.buy("+1415", "m0"));
    at.order("lose_answer", "buy");
    const auto bought = at.buy("+1415", "m1");
    if (!bought) FAIL(describe(bought.error()));
    CHECK(bought->mark == "m1");
    CHECK(rows(at, "purchases").size() == 2);
    // Asked again, it is the same one.
    const auto again = at.buy("+1415", "m1");
    REQUIRE(again);
    CHECK(again->e164 == bought->e164);
    CHECK(rows(at, "purchases").size() == 2);
    at.order("lose_request", "buy");
    const auto lost = at.buy("+1415", "m2");
    REQUIRE_FALSE(lost);
    CHECK(lost.error().kind == error_class::unknown);
    // Nobody else's turn comes while that one could still be done.
    auto next = at.start_buy("+1415", "m3");
    at.loop().advance(at.subject().abilities().settling_time - milliseconds(1));
    CHECK_FALSE(next.has_come());
    at.loop().advance(milliseconds(1));
    CHECK(at.await(next));
  }
}

TEST_CASE("surge: a label does not hide the mark, and a mark is put where it was not taken") {
  surge_fixture at;
  const std::string number = at.any_number();
  at.control("POST", "numbers", {{"e164", number}, {"mark", "mark-1 Front desk"}});
  const auto found = at.look_up("", "mark-1");
  REQUIRE(found);
  REQUIRE(found->has_value());
  CHECK((*found)->mark == "mark-1");
  at.control("POST", "account", {{"names_ignored", true}});
  const auto bought = at.buy(at.any_number(), "mark-2");
  REQUIRE(bought);
  CHECK(bought->mark == "mark-2");
  CHECK(at.is_seen("", "mark-2"));
  at.order("error_before", "change_number");
  const std::string unmarked = at.any_number();
  CHECK(at.buy(unmarked, "mark-3").error().kind == error_class::unknown);
  const auto marked = at.look_up(unmarked, "mark-3");
  REQUIRE(marked);
  REQUIRE(marked->has_value());
  CHECK((*marked)->mark == "mark-3");
  at.reopen();
  CHECK(at.is_seen("", "mark-3"));
  at.control("DELETE", "numbers", {{"e164", number}});
  CHECK_FALSE(at.is_seen(number, ""));
}

TEST_CASE("surge: searches fit what was asked, though Surge filters little") {
  surge_fixture at;
  at.order("filter_ignored", "search", 0);
  for (const number_offer& offer : at.search({number_type::local, {"312"}, 20})) {
    CHECK(offer.e164.starts_with("+1312"));
    CHECK(offer.region == "IL");
    CHECK_FALSE(offer.features.calls);
  }
  number_search wanted{number_type::local, {"312"}, 20};
  wanted.contains = "0107";
  const auto seven = at.search(wanted);
  REQUIRE(seven.size() == 1);
  CHECK(seven[0].e164 == "+13125550107");
  wanted.contains.clear();
  wanted.region = "NY";
  CHECK(at.search(wanted).empty());
  wanted.region = "IL";
  CHECK(at.search(wanted).size() == 20);
  wanted.locality = "Chicago";
  CHECK(at.search(wanted).empty());
  wanted.locality.clear();
  wanted.features.calls = true;
  CHECK(at.search(wanted).empty());
  CHECK(at.search({number_type::toll_free, {}, 5}).size() == 5);
  CHECK(rows(at, "purchases").empty());
}

TEST_CASE("surge: the plan's limit and a demo key refuse") {
  surge_fixture at;
  REQUIRE(at.buy(at.any_number(), "mark-1"));
  at.control("POST", "account", {{"number_limit", 1}});
  const auto full = at.buy(at.any_number(), "mark-2");
  REQUIRE_FALSE(full);
  CHECK(full.error().kind == error_class::refused);
  at.order("accounts_limit", "create_account");
  const auto crowded = buy_for(at, "owner-z", at.any_number(), "mark-3");
  REQUIRE_FALSE(crowded);
  CHECK(crowded.error().kind == error_class::refused);
  CHECK(rows(at, "purchases").size() == 1);
}

TEST_CASE("surge: what a company lacks is told in our paths; corrected, it is verified") {
  surge_fixture at;
  brand_filing filing = carrier_fixture::some_brand("b1");
  filing.owner = "owner-a";
  at.prepare(filing);
  filing.entity["address"].as_object().erase("region");
  const auto file = [&](brand_filing given) {
    pending_answer<brand_report> answer;
    at.subject().file_brand(std::move(given), answer.done());
    return at.await(answer);
  };
  const auto copy_of = [](const brand_filing& from) {
    brand_filing copy;
    copy.mark = from.mark;
    copy.owner = from.owner;
    copy.entity = from.entity;
    copy.ein = from.ein.copy();
    copy.sole_proprietor = from.sole_proprietor;
    return copy;
  };
  const auto lacking = file(copy_of(filing));
  REQUIRE(lacking);
  CHECK(lacking->status == brand_status::failed);
  CHECK(lacking->fields == std::vector<std::string>{"address.region"});
  filing.entity["industry"] = "juggling";
  const auto wrong = file(copy_of(filing));
  REQUIRE(wrong);
  CHECK(wrong->status == brand_status::failed);
  CHECK(wrong->fields == std::vector<std::string>{"industry"});
  CHECK(wrong->reference.empty());  // nothing was taken
  filing.entity["industry"] = "retail";
  filing.entity["address"].as_object()["region"] = "CA";
  at.control("POST", "reviews", {{"outcome", "brand_fails"}, {"reason", "No such company."}});
  const auto failed = file(copy_of(filing));
  REQUIRE(failed);
  CHECK(failed->failure_reason == "No such company.");
  CHECK(failed->fields == std::vector<std::string>{"registered_name"});
  at.order("lose_answer", "change_account");
  CHECK(file(copy_of(filing)).error().kind == error_class::unknown);
  const auto good = file(copy_of(filing));
  REQUIRE(good);
  CHECK(good->status == brand_status::verified);
  CHECK(good->reference == failed->reference);
  CHECK(accounts_named(at, "owner-a") == 1);
  filing.ein = secret_string();
  CHECK(file(copy_of(filing)).error().code == error_code::ein_required);
}

TEST_CASE("surge: a sole proprietor answers the code to Surge") {
  surge_fixture at;
  brand_filing filing;
  filing.mark = "s1";
  filing.sole_proprietor = true;
  filing.entity["mobile_number"] = "+14155550111";
  const auto filed = at.file_brand(std::move(filing));
  REQUIRE(filed);
  CHECK(filed->status == brand_status::pending);
  CHECK(filed->awaits_code);
  CHECK(at.brand_state(filed->reference)->awaits_code);
  const auto resent = at.resend_code(filed->reference);
  REQUIRE(resent);
  CHECK(resent->awaits_code);
  const auto confirmed = at.confirm_code(filed->reference, "123456");
  REQUIRE_FALSE(confirmed);
  CHECK(confirmed.error().kind == error_class::refused);
  at.control("POST", "reviews", {{"outcome", "code_answered"}, {"id", filed->reference}});
  CHECK(at.brand_state(filed->reference)->status == brand_status::verified);
}

TEST_CASE("surge: a campaign is filed once, whatever becomes of the answer") {
  for (const char* how : {"lose_answer", "error_after", "garbage"}) {
    INFO("fault ", how);
    surge_fixture at;
    at.order(how, "create_campaign");
    const auto filed = at.file_campaign(ten_dlc_filing("c1"));
    if (!filed) FAIL(describe(filed.error()));
    at.reopen();
    CHECK(at.file_campaign(ten_dlc_filing("c1"))->reference == filed->reference);
    CHECK(rows(at, "campaigns").size() == 1);
  }
  surge_fixture at;
  at.order("late_commit", "create_campaign", 1, 10'000);
  CHECK(at.file_campaign(ten_dlc_filing("c1")).error().kind == error_class::unknown);
  CHECK(at.file_campaign(ten_dlc_filing("c1")).error().kind == error_class::not_done);
  at.pass(milliseconds(10'001));
  REQUIRE(at.file_campaign(ten_dlc_filing("c1")));
  CHECK(rows(at, "campaigns").size() == 1);
}

TEST_CASE("surge: a campaign that comes after the list was asked for is not filed again") {
  surge_fixture at;
  campaign_filing filing = ten_dlc_filing("c1");
  filing.brand_reference = at.verified_brand();
  at.prepare(filing);
  at.order("late_commit", "create_campaign", 1, 10'000);
  CHECK(at.file_campaign(filing).error().kind == error_class::unknown);
  const std::int64_t lists = calls_of(at, "list_campaigns");
  at.order("slow", "list_campaigns", 1, 300);
  pending_answer<campaign_report> again;
  at.subject().file_campaign(filing, again.done());
  wait_for_calls(at, "list_campaigns", lists + 1);
  at.pass(milliseconds(10'001));
  at.pass(at.subject().abilities().settling_time);
  CHECK(at.await(again).error().kind == error_class::not_done);
  REQUIRE(at.file_campaign(filing));
  CHECK(calls_of(at, "create_campaign") == 1);
  CHECK(rows(at, "campaigns").size() == 1);
}

TEST_CASE("surge: gone after a lost answer, and missing in an old list, is not surely gone") {
  surge_fixture at;
  REQUIRE(at.buy(at.any_number(), "mark-0"));
  const std::string number = at.any_number();
  at.order("lose_request", "buy");
  CHECK(at.buy(number, "mark-1").error().kind == error_class::unknown);
  at.order("gone", "buy");
  at.order("slow", "list", 1, 300);
  const std::int64_t lists = calls_of(at, "list");
  const auto again = at.start_buy(number, "mark-1");
  wait_for_calls(at, "list", lists + 1);
  at.pass(at.subject().abilities().settling_time + milliseconds(1));
  CHECK(at.await(again).error().kind == error_class::unknown);
  // Asked for when that time is over, the list does prove it.
  CHECK(at.buy(number, "mark-1").error().kind == error_class::conflict);
}

TEST_CASE("surge: a correction is handed in once; wrong values are named") {
  surge_fixture at;
  at.control("POST", "reviews", {{"outcome", "changes_needed"}});
  const auto filed = at.file_campaign(ten_dlc_filing("c1"));
  REQUIRE(filed);
  at.let_reviews_pass();
  const auto rejected = at.campaign_state(filed->reference);
  REQUIRE(rejected);
  CHECK(rejected->status == campaign_status::rejected);
  CHECK(rejected->status_detail == "changes_needed");
  CHECK(rejected->rejection_reason.has_value());
  CHECK(at.file_campaign(ten_dlc_filing("c1"))->status == campaign_status::rejected);
  campaign_filing corrected = ten_dlc_filing("c1");
  corrected.submission = 2;
  at.prepare(corrected);
  campaign_filing wrong = corrected;
  wrong.entity["messaging"].as_object()["message_samples"] = boost::json::array{"one"};
  const auto refused_one = at.file_campaign(wrong);
  REQUIRE(refused_one);
  CHECK(refused_one->status == campaign_status::rejected);
  CHECK(refused_one->fields == std::vector<std::string>{"messaging.message_samples"});
  at.order("lose_answer", "change_campaign");
  const auto again = at.file_campaign(corrected);
  REQUIRE(again);
  CHECK(again->reference == filed->reference);
  at.pass(milliseconds(4'000));
  CHECK(at.file_campaign(corrected)->status == campaign_status::in_review);
  at.let_reviews_pass();
  CHECK(at.file_campaign(corrected)->status == campaign_status::active);
  for (const object& row : rows(at, "campaigns")) CHECK(row.at("submissions") == 2);
}

TEST_CASE("surge: a number is attached by itself, and news tell of it") {
  surge_fixture at;
  const auto filed = at.file_campaign(ten_dlc_filing("c1"));
  REQUIRE(filed);
  const std::string number = at.any_number();
  REQUIRE(at.buy(number, "mark-1"));
  CHECK(at.attachment(filed->reference, number)->status == attachment_status::failed);
  at.let_reviews_pass();
  const auto approved = next_news_of(at, carrier_news_kind::registration_changed);
  CHECK(approved.reference == filed->reference);
  CHECK(next_news_of(at, carrier_news_kind::registration_changed).reference == filed->reference);
  CHECK(at.attachment(filed->reference, number)->status == attachment_status::attached);
  const std::string later = at.any_number();
  REQUIRE(at.buy(later, "mark-2"));
  CHECK(at.attachment(filed->reference, later)->status == attachment_status::pending);
  REQUIRE(at.attach(filed->reference, later));
  CHECK(at.look_up(later, "")->value().campaign_reference == filed->reference);
  at.order("attachment_fails", "change_number");
  at.pass(milliseconds(6'000));
  CHECK(at.attachment(filed->reference, later)->status == attachment_status::failed);
  REQUIRE(at.attach(filed->reference, later));
  at.pass(milliseconds(6'000));
  CHECK(at.attachment(filed->reference, later)->status == attachment_status::attached);

  const auto ended = at.end_campaign(filed->reference);
  REQUIRE_FALSE(ended);
  CHECK(ended.error().kind == error_class::refused);
  at.control("POST", "reviews", {{"outcome", "deactivate"}, {"id", filed->reference}});
  CHECK(at.end_campaign(filed->reference));
  CHECK(at.end_campaign("cpn_nobody"));
  CHECK(at.campaign_state(filed->reference)->status_detail == "deactivated");
}

TEST_CASE("surge: a toll-free number is verified by itself") {
  surge_fixture at;
  const auto offers = at.search({number_type::toll_free, {"833"}, 1});
  REQUIRE(offers.size() == 1);
  campaign_filing filing;
  filing.mark = "t1";
  filing.kind = campaign_kind::toll_free_verification;
  filing.use_case = "customer_care";
  filing.e164 = offers[0].e164;
  CHECK(at.file_campaign(filing).error().kind == error_class::conflict);
  REQUIRE(at.buy(offers[0].e164, "mark-1"));
  const auto filed = at.file_campaign(filing);
  if (!filed) FAIL(describe(filed.error()));
  CHECK(filed->status == campaign_status::in_review);
  at.reopen();
  CHECK(at.file_campaign(filing)->reference == filed->reference);
  CHECK(at.attachment(filed->reference, filing.e164)->status == attachment_status::pending);
  CHECK(at.attach(filed->reference, filing.e164));
  at.let_reviews_pass();
  CHECK(at.campaign_state(filed->reference)->status == campaign_status::active);
  CHECK(at.attachment(filed->reference, filing.e164)->status == attachment_status::attached);
}

TEST_CASE("surge: a text is sent once, found by our id, and reported") {
  surge_fixture at;
  const std::string number = at.any_number();
  REQUIRE(at.buy(number, "mark-1"));
  const auto sent = send_text(at, number, "msg_one", "Hello");
  REQUIRE(sent);
  at.pass(milliseconds(100));
  const auto first = next_news_of(at, carrier_news_kind::text_status);
  CHECK(first.our_id == "msg_one");
  CHECK(first.carrier_message_id == sent->carrier_message_id);
  CHECK(first.status == message_status::sent);
  CHECK(next_news_of(at, carrier_news_kind::text_status).status == message_status::delivered);

  at.order("lose_answer", "send");
  CHECK(send_text(at, number, "msg_two", "Hello").error().kind == error_class::unknown);
  const auto found = look_up_text(at, number, "msg_two");
  REQUIRE(found);
  CHECK(found->has_value());
  at.order("error_before", "send");
  CHECK(send_text(at, number, "msg_three", "Hello").error().kind == error_class::unknown);
  const auto absent = look_up_text(at, number, "msg_three");
  REQUIRE(absent);
  CHECK_FALSE(absent->has_value());
  for (int i = 0; i < 60; ++i) REQUIRE(send_text(at, number, "msg_" + std::to_string(i), "More"));
  CHECK(look_up_text(at, number, "msg_one")->has_value());
  CHECK(rows(at, "texts").size() == 62);
  const auto stranger = send_text(at, at.any_number(), "msg_x", "Hello");
  CHECK(stranger.error().kind == error_class::refused);

  at.control("POST", "texts", {{"from", "+12125550147"}, {"to", number}, {"body", "STOP"}});
  at.pass(milliseconds(1));
  const auto out = next_news_of(at, carrier_news_kind::recipient_opted_out);
  CHECK(out.from == "+12125550147");
  CHECK(out.to == number);
  const auto blocked = send_text(at, number, "msg_y", "Hello");
  REQUIRE_FALSE(blocked);
  CHECK(blocked.error().code == error_code::recipient_opted_out);
  CHECK(rows(at, "texts").size() == 63);
}

TEST_CASE("surge: routing is the project's; an account tells what cannot be asked") {
  surge_fixture at;
  const std::string number = at.any_number();
  REQUIRE(at.buy(number, "mark-1"));
  pending_answer<routing_snapshot> snapshot;
  at.subject().read_routing(number, snapshot.done());
  REQUIRE(at.await(snapshot));
  CHECK(at.await(snapshot)->fields.empty());
  pending_answer<void> restored;
  at.subject().restore_routing(number, {}, restored.done());
  CHECK(at.await(restored));
  pending_answer<account_report> report;
  at.subject().check_account(report.done());
  const auto checked = at.await(report);
  REQUIRE(checked);
  CHECK(checked->can_buy);
  REQUIRE(checked->missing.size() == 1);
  CHECK(checked->missing[0].find(at.our_routing().text_url) != std::string::npos);
}

TEST_CASE("surge: settings that cannot be right are refused, naming the field") {
  const auto& described = find_known_carrier("surge")->described;
  shared_manual_clock time;
  const auto field_of = [&](std::map<std::string, std::string> credentials,
                            std::map<std::string, std::string> options) {
    carrier_account_settings account;
    account.name = "surge";
    for (const auto& [name, text] : credentials) {
      account.credentials.emplace(name, secret_string(text));
    }
    for (const auto& [name, text] : options) account.options.emplace(name, text);
    const auto made = surge::make_surge_carrier(described, {}, std::move(account));
    REQUIRE_FALSE(made);
    CHECK(made.error().code == error_code::carrier_account_invalid);
    return made.error().field;
  };
  CHECK(field_of({{"webhook_secret", "x"}}, {}) == "credentials.api_key");
  CHECK(field_of({{"api_key", "sk_live_x"}}, {}) == "credentials.webhook_secret");
  CHECK(field_of({{"api_key", "a b"}, {"webhook_secret", "x"}}, {}) == "credentials.api_key");
  CHECK(field_of({{"api_key", "a\r\nx: y"}, {"webhook_secret", "x"}}, {}) ==
        "credentials.api_key");
  CHECK(field_of({{"api_key", "a"}, {"webhook_secret", "x"}}, {{"base_url", "ftp://x"}}) ==
        "options.base_url");
  CHECK(field_of({{"api_key", "a"}, {"webhook_secret", "x"}}, {{"account_id", "pn_1"}}) ==
        "options.account_id");
}

}  // namespace dialplane::test
