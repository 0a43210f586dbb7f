// Registration at Telnyx: brands, campaigns, numbers on them, toll-free verifications.
#include "conformance/telnyx_fixture.hpp"

namespace dialplane::test {
namespace {

using namespace std::chrono_literals;
using boost::json::object;

TEST_CASE("telnyx: a brand is filed once per mark, whatever happens in between") {
  telnyx_fixture at;
  at.order("lose_answer", "create_brand");
  const auto lost = at.file_brand(carrier_fixture::some_brand("b1"));
  REQUIRE_FALSE(lost);
  CHECK(lost.error().kind == error_class::unknown);
  const auto filed = at.file_brand(carrier_fixture::some_brand("b1"));
  REQUIRE(filed);
  at.reopen();
  at.order("filter_ignored", "", 0);
  CHECK(at.file_brand(carrier_fixture::some_brand("b1"))->reference == filed->reference);
  at.clear_faults();
  const auto other = at.file_brand(carrier_fixture::some_brand("b2"));
  REQUIRE(other);
  CHECK(other->reference != filed->reference);
  CHECK(at.brand_state(filed->reference)->status == brand_status::verified);
  CHECK(calls_of(at, "create_brand") == 2);
  for (const char* unknown : {"no-such-reference", "../campaign/x", "", "a b"}) {
    CHECK(at.brand_state(unknown).error().kind == error_class::refused);
  }
}

TEST_CASE("telnyx: a failed brand says why and is vetted again when corrected") {
  telnyx_fixture at;
  at.control("POST", "reviews", {{"outcome", "brand_fails"}, {"reason", "No such company."}});
  auto failed = at.file_brand(carrier_fixture::some_brand("b1"));
  REQUIRE(failed);
  failed = at.brand_state(failed->reference);
  CHECK(failed->status == brand_status::failed);
  CHECK(failed->failure_reason == "No such company.");
  CHECK(failed->fields == std::vector<std::string>{"registered_name", "ein"});
  CHECK(at.file_brand(carrier_fixture::some_brand("b1"))->status == brand_status::failed);
  brand_filing corrected = carrier_fixture::some_brand("b1");
  corrected.submission = 2;
  corrected.entity["display_name"] = "Bluebird of California";  // found by its mark all the same
  const auto again = at.file_brand(std::move(corrected));
  REQUIRE(again);
  CHECK(again->reference == failed->reference);
  CHECK(at.brand_state(again->reference)->status == brand_status::verified);
}

TEST_CASE("telnyx: a sole proprietor confirms by the code that was texted") {
  telnyx_fixture at;
  brand_filing filing;
  filing.mark = "s1";
  filing.sole_proprietor = true;
  filing.entity["mobile_number"] = "+14155550111";
  const auto filed = at.file_brand(std::move(filing));
  REQUIRE(filed);
  const auto waits = at.brand_state(filed->reference);
  REQUIRE(waits);
  CHECK(waits->status == brand_status::pending);
  CHECK(waits->awaits_code);
  CHECK(calls_of(at, "text_code") == 1);
  const auto code_of = [&] {
    return std::string(
        at.state().at("codes").as_array().at(0).as_object().at("code").as_string().c_str());
  };
  const std::string first = code_of();
  const auto wrong = at.confirm_code(filed->reference, first == "000000" ? "000001" : "000000");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == error_code::code_wrong);
  at.pass(24h + 1ms);
  CHECK(at.confirm_code(filed->reference, first).error().code == error_code::code_expired);
  REQUIRE(at.resend_code(filed->reference));
  const auto confirmed = at.confirm_code(filed->reference, code_of());
  REQUIRE(confirmed);
  CHECK(confirmed->status == brand_status::verified);
  CHECK_FALSE(at.resend_code(filed->reference));
}

TEST_CASE("telnyx: only a provisioned campaign is active, and a number only when assigned") {
  telnyx_fixture at;
  const auto filed = at.file_campaign(ten_dlc_filing("campaign-1"));
  REQUIRE(filed);
  CHECK(filed->status == campaign_status::created);
  std::vector<campaign_status> seen;
  for (int step = 0; step < 4; ++step) {
    at.pass(1s);
    seen.push_back(at.campaign_state(filed->reference)->status);
  }
  using enum campaign_status;
  CHECK(seen == std::vector{in_review, in_review, in_review, active});
  const std::string number = at.any_number();
  REQUIRE(at.buy(number, "mark-1"));
  CHECK(at.attachment(filed->reference, number)->status == attachment_status::failed);
  at.control("POST", "reviews", {{"outcome", "attachment_fails"}, {"reason", "Busy."}});
  REQUIRE(at.attach(filed->reference, number));
  CHECK(at.attachment(filed->reference, number)->status == attachment_status::pending);
  at.pass(1s);
  const auto failed = at.attachment(filed->reference, number);
  CHECK(failed->status == attachment_status::failed);
  CHECK(failed->failure_reason == "Busy.");
  REQUIRE(at.attach(filed->reference, number));
  at.pass(1s);
  CHECK(at.attachment(filed->reference, number)->status == attachment_status::attached);
  at.control("POST", "reviews", {{"outcome", "suspend_now"}, {"reason", "Complaints."}});
  const auto stopped = at.campaign_state(filed->reference);
  CHECK(stopped->status == campaign_status::suspended);
  CHECK(stopped->rejection_reason == "Complaints.");
  REQUIRE(at.end_campaign(filed->reference));
  REQUIRE(at.end_campaign("no-such-reference"));
  CHECK(at.campaign_state(filed->reference)->status == campaign_status::expired);
}

TEST_CASE("telnyx: a campaign the registry itself refuses is filed anew, others are appealed for") {
  telnyx_fixture at;
  at.verified_brand();
  for (const auto& [outcome, is_new] : {std::pair{"reject_tcr", true}, std::pair{"reject", false},
                                        std::pair{"reject_mno", false}}) {
    INFO(outcome);
    const std::string mark = std::string("c-") + outcome;
    at.control("POST", "reviews", {{"outcome", outcome}, {"reason", "Why."}});
    const auto filed = at.file_campaign(ten_dlc_filing(mark));
    REQUIRE(filed);
    at.let_reviews_pass();
    CHECK(at.campaign_state(filed->reference)->rejection_reason == "Why.");
    campaign_filing again = ten_dlc_filing(mark);
    again.submission = 2;
    at.order("lose_answer", is_new ? "create_campaign" : "appeal");
    REQUIRE_FALSE(at.file_campaign(again));
    const auto refiled = at.file_campaign(again);
    REQUIRE(refiled);
    CHECK((refiled->reference != filed->reference) == is_new);
    at.let_reviews_pass();
    CHECK(at.campaign_state(refiled->reference)->status == campaign_status::active);
  }
}

TEST_CASE("telnyx: campaign updates come as webhooks that name the campaign") {
  telnyx_fixture at;
  const auto filed = at.file_campaign(ten_dlc_filing("campaign-1"));
  REQUIRE(filed);
  at.pass(1s);
  for (int each = 0; each < 10; ++each) {
    const auto news = next_news(at);
    REQUIRE(news.size() == 1);
    CHECK(news[0].kind == carrier_news_kind::registration_changed);
    if (news[0].reference == filed->reference) return;
  }
  FAIL("no webhook named the campaign");
}

TEST_CASE("telnyx: a toll-free verification is filed once, corrected, and for its number only") {
  telnyx_fixture at;
  const auto offers = at.search({number_type::toll_free, {"833"}, 2});
  REQUIRE(offers.size() == 2);
  const auto filing = [&](std::int64_t submission) {
    campaign_filing made;
    made.mark = "tf-1";
    made.kind = campaign_kind::toll_free_verification;
    made.use_case = "customer_care";
    made.e164 = offers[0].e164;
    made.submission = submission;
    return made;
  };
  at.control("POST", "reviews", {{"outcome", "reject"}, {"reason", "No opt-in."}});
  const auto filed = at.file_campaign(filing(1));
  REQUIRE(filed);
  at.reopen();
  CHECK(at.file_campaign(filing(1))->reference == filed->reference);
  CHECK(at.attachment(filed->reference, offers[0].e164)->status == attachment_status::pending);
  at.pass(3s);
  const auto rejected = at.campaign_state(filed->reference);
  CHECK(rejected->status == campaign_status::rejected);
  CHECK(rejected->rejection_reason == "No opt-in.");
  CHECK(at.file_campaign(filing(2))->reference == filed->reference);
  at.pass(3s);
  CHECK(at.campaign_state(filed->reference)->status == campaign_status::active);
  CHECK(at.attach(filed->reference, offers[0].e164));
  CHECK(at.attachment(filed->reference, offers[0].e164)->status == attachment_status::attached);
  CHECK_FALSE(at.attach(filed->reference, offers[1].e164));
  CHECK(at.end_campaign(filed->reference));
  CHECK(count_in(at, "toll_free_verifications") == 1);
}

}  // namespace
}  // namespace dialplane::test
