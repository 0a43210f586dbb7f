// Twilio's way from a company to numbers that may text: trust hub, brand, campaign, toll-free.
#include <doctest/doctest.h>

#include "conformance/twilio_fixture.hpp"

namespace dialplane::test {
namespace {

using boost::json::object;
using namespace std::chrono_literals;

void review(twilio_fixture& at, object order) { at.control("POST", "reviews", order); }

}  // namespace

TEST_CASE("twilio brands: bundles under review, then the brand under a reference of its own") {
  twilio_fixture at;
  review(at, {{"bundle_ms", 60'000}, {"brand_ms", 60'000}});
  const auto filed = at.file_brand(carrier_fixture::some_brand("b1"));
  if (!filed) FAIL(describe(filed.error()));
  CHECK(filed->status == brand_status::pending);
  CHECK(filed->reference.starts_with("BU"));
  // The profile is looked at first; what is for texting is handed in with it.
  CHECK(at.brand_state(filed->reference)->reference == filed->reference);
  CHECK(calls_of(at, "make_brand") == 0);
  at.pass(60'000ms);
  const auto made = at.brand_state(filed->reference);
  REQUIRE(made);
  CHECK(made->reference.starts_with("BN"));
  CHECK(made->status == brand_status::pending);
  at.pass(60'000ms);
  CHECK(at.brand_state(made->reference)->status == brand_status::verified);
  // By the old reference it is still found, and not made again.
  CHECK(at.brand_state(filed->reference)->reference == made->reference);
  CHECK(at.file_brand(carrier_fixture::some_brand("b1"))->reference == made->reference);
  CHECK(calls_of(at, "make_brand") == 1);
}

TEST_CASE("twilio brands: a filing that was cut short anywhere goes on, and is one brand") {
  for (const char* call : {"make_bundle", "assign", "make_end_user", "make_document", "evaluate",
                           "change_bundle", "make_brand", "make_address"}) {
    for (const char* how : {"lose_answer", "error_before", "error_after"}) {
      INFO(how, " on ", call);
      twilio_fixture at;
      at.order(how, call);
      const auto cut = at.file_brand(carrier_fixture::some_brand("b1"));
      REQUIRE_FALSE(cut);
      CHECK(cut.error().kind == error_class::unknown);
      at.reopen();
      const auto filed = at.file_brand(carrier_fixture::some_brand("b1"));
      if (!filed) FAIL(describe(filed.error()));
      CHECK(filed->status == brand_status::verified);
      const auto again = at.file_brand(carrier_fixture::some_brand("b1"));
      REQUIRE(again);
      CHECK(again->reference == filed->reference);
    }
  }
}

TEST_CASE("twilio brands: a failed one says what to correct, and is handed in again once") {
  twilio_fixture at;
  review(at, {{"outcome", "brand_fails"}, {"reason", "Unknown company."},
              {"fields", {"TAX_ID", "OTHERS"}}});
  const auto failed = at.file_brand(carrier_fixture::some_brand("b1"));
  REQUIRE(failed);
  CHECK(failed->status == brand_status::failed);
  CHECK(failed->failure_reason == "Unknown company.");
  CHECK(failed->fields == std::vector<std::string>{"ein", "registered_name"});
  CHECK(at.file_brand(carrier_fixture::some_brand("b1"))->status == brand_status::failed);
  CHECK(calls_of(at, "change_brand") == 0);
  review(at, {{"outcome", "brand_fails"}, {"reason", "Still unknown."}});
  for (int times = 0; times < 2; ++times) {
    brand_filing corrected = carrier_fixture::some_brand("b1");
    corrected.submission = 2;
    const auto again = at.file_brand(std::move(corrected));
    if (!again) FAIL(describe(again.error()));
    CHECK(again->failure_reason == "Still unknown.");
    CHECK(again->reference == failed->reference);
  }
  CHECK(calls_of(at, "change_brand") == 1);
  brand_filing third = carrier_fixture::some_brand("b1");
  third.submission = 3;
  CHECK(at.file_brand(std::move(third))->status == brand_status::verified);
}

TEST_CASE("twilio brands: a record that lacks something fails before anybody reviews it") {
  struct bare_fixture : twilio_fixture {
    void prepare(brand_filing& filing) const override {
      twilio_fixture::prepare(filing);
      filing.entity["registered_name"] = "";
    }
  } at;
  const auto filed = at.file_brand(carrier_fixture::some_brand("b1"));
  REQUIRE_FALSE(filed);  // its address is refused already
  CHECK(filed.error().kind == error_class::refused);
  struct webless_fixture : twilio_fixture {
    void prepare(brand_filing& filing) const override {
      twilio_fixture::prepare(filing);
      filing.entity["website"] = "";
    }
  } without;
  const auto lacking = without.file_brand(carrier_fixture::some_brand("b1"));
  REQUIRE(lacking);
  CHECK(lacking->status == brand_status::failed);
  CHECK(lacking->fields == std::vector<std::string>{"website"});
}

TEST_CASE("twilio brands: rejected bundles fail the brand") {
  twilio_fixture at;
  review(at, {{"outcome", "bundle_rejected"}, {"reason", "No."}});
  const auto filed = at.file_brand(carrier_fixture::some_brand("b1"));
  REQUIRE(filed);
  CHECK(filed->status == brand_status::failed);
  CHECK(filed->failure_reason.has_value());
}

TEST_CASE("twilio brands: a sole proprietor answers the carrier's text") {
  twilio_fixture at;
  const auto filed = at.file_brand(sole_proprietor("sole-1"));
  if (!filed) FAIL(describe(filed.error()));
  CHECK(filed->status == brand_status::pending);
  CHECK(filed->awaits_code);
  const auto sent = at.resend_code(filed->reference);
  REQUIRE(sent);
  CHECK(sent->awaits_code);
  const auto early = at.confirm_code(filed->reference, "123456");
  REQUIRE_FALSE(early);
  CHECK(early.error().code == error_code::code_wrong);
  at.control("POST", "codes", {{"brand", filed->reference}});
  const auto confirmed = at.confirm_code(filed->reference, "");
  REQUIRE(confirmed);
  CHECK(confirmed->status == brand_status::verified);
  CHECK_FALSE(at.resend_code(filed->reference));
  CHECK_FALSE(at.resend_code("BN00000000000000000000000000000001"));
  CHECK_FALSE(at.resend_code("no-such-reference"));
  brand_filing with_ein = sole_proprietor("sole-1");
  with_ein.ein = secret_string("123456789");
  CHECK_FALSE(at.file_brand(std::move(with_ein)));
}

// ---- campaigns ------------------------------------------------------------------------------

TEST_CASE("twilio campaigns: a filing that was cut short anywhere goes on, and is one campaign") {
  for (const char* call : {"make_service", "make_campaign", "services"}) {
    for (const char* how : {"lose_answer", "error_before", "error_after"}) {
      INFO(how, " on ", call);
      twilio_fixture at;
      at.verified_brand();
      at.order(how, call);
      REQUIRE_FALSE(at.file_campaign(ten_dlc_filing("c1")));
      at.reopen();
      const auto filed = at.file_campaign(ten_dlc_filing("c1"));
      if (!filed) FAIL(describe(filed.error()));
      CHECK(at.file_campaign(ten_dlc_filing("c1"))->reference == filed->reference);
      at.let_reviews_pass();
      CHECK(at.campaign_state(filed->reference)->status == campaign_status::active);
    }
  }
}

TEST_CASE("twilio campaigns: rejected with fields, corrected once per submission, suspended") {
  twilio_fixture at;
  at.verified_brand();
  review(at, {{"outcome", "reject"}, {"reason", "How do people opt in?"},
              {"fields", {"MESSAGE_FLOW", "MESSAGE_SAMPLES"}}});
  const auto filed = at.file_campaign(ten_dlc_filing("c1"));
  REQUIRE(filed);
  CHECK(filed->status == campaign_status::in_review);
  at.let_reviews_pass();
  const auto rejected = at.campaign_state(filed->reference);
  CHECK(rejected->rejection_reason == "How do people opt in?");
  CHECK(rejected->fields ==
        std::vector<std::string>{"messaging.consent_flow", "messaging.message_samples"});
  CHECK(at.file_campaign(ten_dlc_filing("c1"))->status == campaign_status::rejected);
  review(at, {{"outcome", "reject"}, {"reason", "Again not."}});
  campaign_filing second = ten_dlc_filing("c1");
  second.submission = 2;
  REQUIRE(at.file_campaign(second));
  at.let_reviews_pass();
  campaign_filing same = ten_dlc_filing("c1");
  same.submission = 2;
  CHECK(at.file_campaign(same)->rejection_reason == "Again not.");
  CHECK(calls_of(at, "change_campaign") == 1);
  campaign_filing third = ten_dlc_filing("c1");
  third.submission = 3;
  REQUIRE(at.file_campaign(third));
  at.let_reviews_pass();
  CHECK(at.campaign_state(filed->reference)->status == campaign_status::active);
  review(at, {{"outcome", "suspend"}, {"reason", "Complaints."}});
  CHECK(at.campaign_state(filed->reference)->status == campaign_status::suspended);
  CHECK(at.campaign_state(filed->reference)->rejection_reason == "Complaints.");
  review(at, {{"outcome", "reinstate"}});
  CHECK(at.campaign_state(filed->reference)->status == campaign_status::active);
}

TEST_CASE("twilio campaigns: a number is attached, its texts keep coming to its own address") {
  twilio_line at;
  const auto filed = at.file_campaign(ten_dlc_filing("c1"));
  REQUIRE(filed);
  at.let_reviews_pass();
  CHECK(at.attachment(filed->reference, at.line)->status == attachment_status::failed);
  REQUIRE(at.attach(filed->reference, at.line));
  CHECK(at.attachment(filed->reference, at.line)->status == attachment_status::attached);
  at.text_in("hello");
  at.pass(1ms);
  CHECK(at.next_webhook().url == at.our_routing().text_url);
  at.control("POST", "account", {{"strict_registration", true}});
  const auto sent = at.send("msg_1");
  REQUIRE(sent);
  at.pass(60ms);
  at.pass(60ms);
  CHECK(at.text_state(sent->carrier_message_id)->status == message_status::delivered);
  // One campaign at a time.
  const auto other = at.file_campaign(ten_dlc_filing("c2"));
  REQUIRE(other);
  const auto twice = at.attach(other->reference, at.line);
  REQUIRE_FALSE(twice);
  CHECK(twice.error().kind == error_class::conflict);
}

TEST_CASE("twilio campaigns: an attachment that networks do not take fails, and is tried again") {
  twilio_line at;
  const auto filed = at.file_campaign(ten_dlc_filing("c1"));
  REQUIRE(filed);
  at.order("attachment_fails", "attach");
  REQUIRE(at.attach(filed->reference, at.line));
  CHECK(at.attachment(filed->reference, at.line)->status == attachment_status::failed);
  REQUIRE(at.attach(filed->reference, at.line));
  CHECK(at.attachment(filed->reference, at.line)->status == attachment_status::attached);
}

TEST_CASE("twilio campaigns: an ended one is over for good") {
  twilio_line at;
  const auto filed = at.file_campaign(ten_dlc_filing("c1"));
  REQUIRE(filed);
  REQUIRE(at.end_campaign(filed->reference));
  REQUIRE(at.end_campaign(filed->reference));
  CHECK(at.end_campaign("no-such-reference"));
  CHECK(at.end_campaign("MG00000000000000000000000000000001"));
  CHECK(at.campaign_state(filed->reference)->status == campaign_status::expired);
  const auto again = at.file_campaign(ten_dlc_filing("c1"));
  REQUIRE(again);
  CHECK(again->status == campaign_status::expired);
  CHECK(calls_of(at, "make_campaign") == 1);
}

TEST_CASE("twilio campaigns: without an approved brand there is none, and no service either") {
  twilio_fixture at;
  review(at, {{"outcome", "brand_fails"}});
  const auto failed = at.file_brand(carrier_fixture::some_brand("b1"));
  campaign_filing filing = ten_dlc_filing("c1");
  filing.brand_reference = failed->reference;
  const auto refusal = at.file_campaign(filing);
  REQUIRE_FALSE(refusal);
  CHECK(refusal.error().kind == error_class::refused);
  filing.brand_reference = "no-such-brand";
  CHECK_FALSE(at.file_campaign(filing));
  CHECK(calls_of(at, "make_service") == 0);
}

TEST_CASE("twilio toll-free: verified for one number, rejected and corrected") {
  twilio_fixture at;
  const auto offers = at.search({number_type::toll_free, {}, 1});
  REQUIRE(offers.size() == 1);
  const std::string number = offers[0].e164;
  campaign_filing filing = ten_dlc_filing("t1");
  filing.kind = campaign_kind::toll_free_verification;
  filing.e164 = number;
  const auto without = at.file_campaign(filing);
  REQUIRE_FALSE(without);
  CHECK(without.error().kind == error_class::refused);
  REQUIRE(at.buy(number, "m", at.our_routing()));
  review(at, {{"outcome", "reject"}, {"reason", "Not clear."}});
  const auto filed = at.file_campaign(filing);
  if (!filed) FAIL(describe(filed.error()));
  CHECK(filed->status == campaign_status::created);
  CHECK(at.file_campaign(filing)->reference == filed->reference);
  CHECK(at.attachment(filed->reference, number)->status == attachment_status::pending);
  at.let_reviews_pass();
  CHECK(at.campaign_state(filed->reference)->rejection_reason == "Not clear.");
  filing.submission = 2;
  REQUIRE(at.file_campaign(filing));
  at.let_reviews_pass();
  CHECK(at.campaign_state(filed->reference)->status == campaign_status::active);
  REQUIRE(at.attach(filed->reference, number));
  CHECK(at.attachment(filed->reference, number)->status == attachment_status::attached);
  CHECK(at.attachment(filed->reference, "+18885550100")->status == attachment_status::failed);
  REQUIRE(at.end_campaign(filed->reference));
  REQUIRE(at.end_campaign(filed->reference));
  CHECK(calls_of(at, "make_verification") == 1);
}

}  // namespace dialplane::test
