// The registry and the reviewer of a carrier: what every one promises, and what the sandbox's does
// when it is told to.
#include <doctest/doctest.h>

#include "conformance/carrier_fixture.hpp"

namespace dialplane::test {

namespace {

using namespace std::chrono_literals;

const campaign_filing some_campaign = ten_dlc_filing("c1");

void order(sandbox_fixture& at, review_outcome outcome, std::int64_t count = 1,
           std::string reason = {}, std::vector<std::string> fields = {}) {
  REQUIRE(at.control().order_review({outcome, count, std::move(reason), std::move(fields)}));
}

std::vector<sandbox_code> codes(sandbox_fixture& at) {
  pending_answer<std::vector<sandbox_code>> answer;
  at.control().brand_codes(answer.done());
  const auto found = at.await(answer);
  REQUIRE(found);
  return *found;
}

// Approved, with one number of ours.
struct approved {
  std::string reference;
  std::string e164;
};

approved make_approved(sandbox_fixture& at) {
  const auto filed = at.file_campaign(some_campaign);
  REQUIRE(filed);
  at.loop().advance(3s);
  REQUIRE(at.campaign_state(filed->reference)->status == campaign_status::active);
  const std::string number = at.any_number();
  REQUIRE(at.buy(number, "m"));
  return {filed->reference, number};
}

}  // namespace

TEST_CASE("carrier: a brand is filed once per mark, whatever happens in between") {
  for (const carrier_factory& each : all_carriers()) {
    CAPTURE(each.name);
    const auto at = each.make();
    const auto filed = at->file_brand(carrier_fixture::some_brand("b1"));
    REQUIRE(filed);
    CHECK_FALSE(filed->reference.empty());
    at->reopen();
    const auto again = at->file_brand(carrier_fixture::some_brand("b1"));
    REQUIRE(again);
    CHECK(again->reference == filed->reference);
    const auto other = at->file_brand(carrier_fixture::some_brand("b2"));
    REQUIRE(other);
    CHECK(other->reference != filed->reference);
    CHECK(at->brand_state(filed->reference)->status == brand_status::verified);
    const auto unknown = at->brand_state("no-such-reference");
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().kind == error_class::refused);
  }
}

TEST_CASE("sandbox: a campaign needs a brand that is verified") {
  sandbox_fixture at;
  order(at, review_outcome::brand_fails);
  const auto failed = at.file_brand(carrier_fixture::some_brand("b1"));
  REQUIRE(failed);
  CHECK(failed->status == brand_status::failed);
  campaign_filing filing = some_campaign;
  filing.brand_reference = failed->reference;
  const auto refused_filing = at.file_campaign(filing);
  REQUIRE_FALSE(refused_filing);
  CHECK(refused_filing.error().kind == error_class::refused);
  filing.brand_reference = "no-such-brand";
  CHECK_FALSE(at.file_campaign(filing));
}

TEST_CASE("sandbox: a company is checked for a while, then verified") {
  sandbox_fixture at;
  at.options().brand_check.reset();
  at.reopen();
  const auto filed = at.file_brand(carrier_fixture::some_brand("b1"));
  REQUIRE(filed);
  CHECK(filed->status == brand_status::pending);
  CHECK(filed->ask_again_after == 300ms);  // a tenth of the review
  at.loop().advance(300ms);
  CHECK(at.brand_state(filed->reference)->status == brand_status::verified);
  REQUIRE(at.set_review(1h));
  CHECK(at.file_brand(carrier_fixture::some_brand("b2"))->ask_again_after == 1s);
  brand_filing without_ein;
  without_ein.mark = "b3";
  CHECK_FALSE(at.file_brand(std::move(without_ein)));
}

TEST_CASE("sandbox: a failed brand says why, and is checked again only when handed in again") {
  sandbox_fixture at;
  order(at, review_outcome::brand_fails, 1, "No such company.", {"registered_name", "ein"});
  const auto failed = at.file_brand(carrier_fixture::some_brand("b1"));
  REQUIRE(failed);
  CHECK(failed->status == brand_status::failed);
  CHECK(failed->failure_reason == "No such company.");
  CHECK(failed->fields == std::vector<std::string>{"registered_name", "ein"});
  CHECK(at.file_brand(carrier_fixture::some_brand("b1"))->status == brand_status::failed);
  brand_filing corrected = carrier_fixture::some_brand("b1");
  corrected.submission = 2;
  const auto again = at.file_brand(std::move(corrected));
  REQUIRE(again);
  CHECK(again->status == brand_status::verified);
  CHECK(again->reference == failed->reference);
}

TEST_CASE("sandbox: a sole proprietor confirms by the code that was texted") {
  sandbox_fixture at;
  const auto filed = at.file_brand(sole_proprietor("s1"));
  REQUIRE(filed);
  CHECK(filed->status == brand_status::pending);
  CHECK(filed->awaits_code);
  const auto texted = codes(at);
  REQUIRE(texted.size() == 1);
  CHECK(texted[0].mobile_number == "+14155550111");
  CHECK(texted[0].code.size() == 6);
  CHECK(filed->code_expires_at == texted[0].expires_at);
  const std::string wrong = texted[0].code == "000000" ? "000001" : "000000";
  const auto refused_code = at.confirm_code(filed->reference, wrong);
  REQUIRE_FALSE(refused_code);
  CHECK(refused_code.error().code == error_code::code_wrong);

  order(at, review_outcome::wrong_code);
  CHECK(at.confirm_code(filed->reference, texted[0].code).error().code ==
        error_code::code_wrong);
  at.reopen();
  const auto confirmed = at.confirm_code(filed->reference, texted[0].code);
  REQUIRE(confirmed);
  CHECK(confirmed->status == brand_status::verified);
  CHECK(codes(at).empty());
  // Its answer may have been lost: the same code again is success, another is not.
  CHECK(at.confirm_code(filed->reference, texted[0].code));
  CHECK_FALSE(at.confirm_code(filed->reference, wrong));
}

TEST_CASE("sandbox: a code expires, and a new one replaces the old") {
  sandbox_fixture at;
  const auto filed = at.file_brand(sole_proprietor("s1"));
  REQUIRE(filed);
  const std::string first = codes(at)[0].code;
  at.loop().advance(10min + 1ms);
  CHECK(at.confirm_code(filed->reference, first).error().code == error_code::code_expired);
  at.control().set_code_lifetime(1s);
  const auto sent = at.resend_code(filed->reference);
  REQUIRE(sent);
  CHECK(sent->awaits_code);
  const auto texted = codes(at);
  REQUIRE(texted.size() == 1);
  CHECK(texted[0].code != first);
  at.loop().advance(1s);
  CHECK(at.confirm_code(filed->reference, texted[0].code));
  // Nothing waits any more.
  CHECK_FALSE(at.resend_code(filed->reference));
  CHECK_FALSE(at.resend_code("no-such-reference"));
}

TEST_CASE("sandbox: a sole proprietor has a mobile and no EIN") {
  sandbox_fixture at;
  brand_filing no_mobile;
  no_mobile.mark = "s1";
  no_mobile.sole_proprietor = true;
  CHECK_FALSE(at.file_brand(std::move(no_mobile)));
  brand_filing with_ein = sole_proprietor("s2");
  with_ein.ein = secret_string("123456789");
  CHECK_FALSE(at.file_brand(std::move(with_ein)));
}

TEST_CASE("sandbox: ordered rejections are used up, and a corrected filing is reviewed again") {
  sandbox_fixture at;
  order(at, review_outcome::approve);
  order(at, review_outcome::reject, 1, "No opt-in.", {"messaging.consent_flow"});
  const auto first = at.file_campaign(some_campaign);
  const auto second = at.file_campaign(ten_dlc_filing("c2"));
  at.loop().advance(3s);
  CHECK(at.campaign_state(first->reference)->status == campaign_status::active);
  auto rejected = at.campaign_state(second->reference);
  REQUIRE(rejected);
  CHECK(rejected->status == campaign_status::rejected);
  CHECK(rejected->rejection_reason == "No opt-in.");
  CHECK(rejected->fields == std::vector<std::string>{"messaging.consent_flow"});
  CHECK(at.control().reviews().empty());
  at.reopen();
  CHECK(at.campaign_state(second->reference)->status == campaign_status::rejected);

  campaign_filing same = ten_dlc_filing("c2");
  CHECK(at.file_campaign(same)->status == campaign_status::rejected);
  same.submission = 2;
  const auto again = at.file_campaign(same);
  REQUIRE(again);
  CHECK(again->reference == second->reference);
  CHECK(again->status == campaign_status::created);
  CHECK(at.file_campaign(same)->status == campaign_status::created);  // not once more
  at.loop().advance(3s);
  CHECK(at.campaign_state(second->reference)->status == campaign_status::active);
}

TEST_CASE("sandbox: an active campaign is suspended, reinstated, expires") {
  sandbox_fixture at;
  const auto filed = at.file_campaign(some_campaign);
  order(at, review_outcome::suspend, 1, "Complaints.");
  CHECK(at.campaign_state(filed->reference)->status == campaign_status::created);
  at.loop().advance(3s);
  CHECK(at.campaign_state(filed->reference)->status == campaign_status::active);
  const auto suspended = at.campaign_state(filed->reference);
  CHECK(suspended->status == campaign_status::suspended);
  CHECK(suspended->status_detail == "suspended");
  CHECK(suspended->rejection_reason == "Complaints.");
  CHECK(at.campaign_state(filed->reference)->status == campaign_status::suspended);
  order(at, review_outcome::reinstate);
  CHECK(at.campaign_state(filed->reference)->status == campaign_status::active);
  order(at, review_outcome::expire);
  CHECK(at.campaign_state(filed->reference)->status == campaign_status::expired);
  order(at, review_outcome::reinstate);
  CHECK(at.campaign_state(filed->reference)->status == campaign_status::expired);
}

TEST_CASE("sandbox: attachments fail and are slow as ordered; asking again tries again") {
  sandbox_fixture at;
  const approved ready = make_approved(at);
  CHECK(at.attachment(ready.reference, ready.e164)->status == attachment_status::failed);
  order(at, review_outcome::attachment_fails, 1, "Busy network.");
  order(at, review_outcome::attachment_slow);
  REQUIRE(at.attach(ready.reference, ready.e164));
  const auto failed = at.attachment(ready.reference, ready.e164);
  REQUIRE(failed);
  CHECK(failed->status == attachment_status::failed);
  CHECK(failed->failure_reason == "Busy network.");
  REQUIRE(at.attach(ready.reference, ready.e164));
  const auto slow = at.attachment(ready.reference, ready.e164);
  CHECK(slow->status == attachment_status::pending);
  CHECK(slow->ask_again_after == 3s);
  at.reopen();
  at.loop().advance(3s);
  CHECK(at.attachment(ready.reference, ready.e164)->status == attachment_status::attached);
  order(at, review_outcome::attachment_fails);
  REQUIRE(at.attach(ready.reference, ready.e164));  // attached already: nothing is decided
  CHECK(at.attachment(ready.reference, ready.e164)->status == attachment_status::attached);
  CHECK(at.control().reviews().size() == 1);
}

TEST_CASE("sandbox: an ended campaign is over for good; ending is repeatable") {
  sandbox_fixture at;
  const auto filed = at.file_campaign(some_campaign);
  REQUIRE(at.end_campaign(filed->reference));
  REQUIRE(at.end_campaign(filed->reference));
  CHECK(at.end_campaign("no-such-reference"));
  at.loop().advance(3s);
  CHECK(at.campaign_state(filed->reference)->status == campaign_status::expired);
  const std::string number = at.any_number();
  REQUIRE(at.buy(number, "m"));
  CHECK_FALSE(at.attach(filed->reference, number));
}

TEST_CASE("sandbox: orders that make no sense are refused, and can be taken back") {
  sandbox_fixture at;
  for (const std::int64_t count : {0, -1, 1'000'001}) {
    CHECK_FALSE(at.control().order_review({review_outcome::reject, count}));
  }
  for (int i = 0; i < 64; ++i) order(at, review_outcome::reject);
  CHECK_FALSE(at.control().order_review({review_outcome::reject, 1}));
  at.control().clear_reviews();
  CHECK(at.control().reviews().empty());
}

}  // namespace dialplane::test
