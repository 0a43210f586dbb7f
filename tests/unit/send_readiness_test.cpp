#include "domain/send_readiness.hpp"

#include <doctest/doctest.h>

namespace dialplane {

namespace {

const timestamp filed_at{1'700'000'000'000};

send_facts ready_number() {
  send_facts facts;
  facts.sender.status = number_status::active;
  facts.sender.campaign = campaign_id{};
  facts.sender.campaign_attached = true;
  facts.sender.created_at = filed_at;
  facts.registered = brand{};
  facts.registered->stage = brand_stage::verified;
  facts.filed = campaign{};
  facts.filed->status = campaign_status::active;
  facts.filed->updated_at = filed_at;
  facts.available = micro_credits::credits(1);
  facts.segment_price = {40'000};
  return facts;
}

std::vector<send_obstacle> obstacles(const send_facts& facts) {
  std::vector<send_obstacle> found;
  const send_readiness verdict = judge_readiness(facts);
  CHECK(verdict.may_send == verdict.blockers.empty());
  for (const send_blocker& each : verdict.blockers) {
    CHECK_FALSE(each.reason.empty());
    CHECK_FALSE(each.next_step.empty());
    found.push_back(each.what);
  }
  return found;
}

using obstacle_list = std::vector<send_obstacle>;

}  // namespace

TEST_CASE("a registered, attached, paid number may send") {
  CHECK(judge_readiness(ready_number()).may_send);
  CHECK(is_registered_to_send(ready_number().sender, ready_number().filed));
}

TEST_CASE("each obstacle by itself") {
  send_facts facts = ready_number();
  SUBCASE("pending") {
    facts.sender.status = number_status::pending;
    CHECK(obstacles(facts) == obstacle_list{send_obstacle::number});
  }
  SUBCASE("released") {
    facts.sender.status = number_status::released;
    CHECK(obstacles(facts) == obstacle_list{send_obstacle::number});
  }
  SUBCASE("rental") {
    facts.sender.status = number_status::suspended;
    CHECK(obstacles(facts) == obstacle_list{send_obstacle::rental});
  }
  SUBCASE("attachment") {
    facts.sender.campaign_attached = false;
    CHECK(obstacles(facts) == obstacle_list{send_obstacle::attachment});
    CHECK_FALSE(is_registered_to_send(facts.sender, facts.filed));
  }
  SUBCASE("credit: one segment is enough, less is not") {
    facts.available = facts.segment_price;
    CHECK(obstacles(facts).empty());
    facts.available = facts.segment_price - micro_credits{1};
    CHECK(obstacles(facts) == obstacle_list{send_obstacle::credit});
  }
  SUBCASE("no campaign at all") {
    facts.filed.reset();
    CHECK(obstacles(facts) == obstacle_list{send_obstacle::campaign});
    facts.sender.type = number_type::toll_free;
    CHECK(obstacles(facts) == obstacle_list{send_obstacle::verification});
  }
}

TEST_CASE("a company and a campaign that wait are both told, the company first") {
  send_facts facts = ready_number();
  facts.registered->stage = brand_stage::submitted;
  facts.filed->status = campaign_status::created;
  facts.sender.campaign_attached = false;
  CHECK(obstacles(facts) ==
        obstacle_list{send_obstacle::brand, send_obstacle::campaign, send_obstacle::attachment});
}

TEST_CASE("a toll-free number needs its verification and neither company nor attachment") {
  send_facts facts = ready_number();
  facts.sender.type = number_type::toll_free;
  facts.filed->kind = campaign_kind::toll_free_verification;
  facts.registered->stage = brand_stage::failed;
  for (const auto status : {campaign_status::created, campaign_status::in_review,
                            campaign_status::rejected}) {
    facts.filed->status = status;
    CHECK(obstacles(facts) == obstacle_list{send_obstacle::verification});
  }
  facts.filed->status = campaign_status::active;
  CHECK(obstacles(facts).empty());
}

TEST_CASE("a company's stages, and what to do about each") {
  send_facts facts = ready_number();
  facts.filed->status = campaign_status::created;
  facts.sender.campaign_attached = false;
  struct row {
    brand_stage stage;
    const char* next;
  };
  for (const row& each : {row{brand_stage::draft, "Nothing to do"},
                          row{brand_stage::submitted, "Nothing to do"},
                          row{brand_stage::resubmitted, "Nothing to do"},
                          row{brand_stage::pending_otp, "/v1/phone/brand-verification/confirm"},
                          row{brand_stage::failed, "/resubmit"}}) {
    facts.registered->stage = each.stage;
    const auto verdict = judge_readiness(facts);
    REQUIRE_FALSE(verdict.blockers.empty());
    CHECK(verdict.blockers[0].what == send_obstacle::brand);
    CHECK(verdict.blockers[0].next_step.find(each.next) != std::string::npos);
  }
  facts.registered->stage = brand_stage::verified;
  CHECK(obstacles(facts) == obstacle_list{send_obstacle::campaign, send_obstacle::attachment});
}

TEST_CASE("a failed attachment says why, and since when") {
  send_facts facts = ready_number();
  facts.sender.campaign_attached = false;
  facts.sender.attachment_failure = "Busy network.";
  facts.sender.attachment_since = timestamp{7};
  const auto verdict = judge_readiness(facts);
  REQUIRE(verdict.blockers.size() == 1);
  CHECK(verdict.blockers[0].what == send_obstacle::attachment);
  CHECK(verdict.blockers[0].reason.find("Busy network.") != std::string::npos);
  CHECK(verdict.blockers[0].since == timestamp{7});
}

TEST_CASE("suspended and ended campaigns stand in the way, and take the right to send") {
  for (const auto status : {campaign_status::suspended, campaign_status::expired,
                            campaign_status::rejected}) {
    send_facts facts = ready_number();
    facts.filed->status = status;
    CHECK(obstacles(facts) == obstacle_list{send_obstacle::campaign});
    CHECK_FALSE(is_registered_to_send(facts.sender, facts.filed));
  }
}

}  // namespace dialplane
