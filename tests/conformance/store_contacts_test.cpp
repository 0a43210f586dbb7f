#include "conformance/store_fixture.hpp"
#include "store/contact_queries.hpp"

namespace dialplane::test {

namespace {

contact make_contact(store_fixture& at, const tenant& of, std::string e164) {
  contact row;
  row.id = at.id<contact_id>();
  row.organization = of.company.id;
  row.user = of.person.id;
  row.e164 = std::move(e164);
  row.created_at = row.updated_at = at.time.now();
  return row;
}

opt_out make_opt_out(store_fixture& at, const contact& of) {
  opt_out row;
  row.organization = of.organization;
  row.user = of.user;
  row.e164 = of.e164;
  row.number = at.id<number_id>();
  row.word = "STOP";
  row.rules_version = "abcdef012345";
  row.at = at.time.now();
  return row;
}

void put_contact(store_fixture& at, const contact& row) {
  at.must_write([&](session& work) { return work.contacts().put(row); });
}

std::optional<contact> find_contact(store_fixture& at, const contact& like) {
  return at.must_read([&](session& work) {
    return work.contacts().find(like.organization, like.user, like.e164);
  });
}

}  // namespace

STORE_TEST_CASE("contacts keep every field and belong to their organization and user") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  contact row = make_contact(at, mine, "+12125550123");
  row.opted_out_at = timestamp{1};
  row.opted_in_at = timestamp{2};
  row.review_due_at = timestamp{3};
  row.review_phrase = "please stop";
  row.last_inbound_at = timestamp{4};
  row.first_sent_at = timestamp{5};
  row.help_answered_at = timestamp{6};
  put_contact(at, row);
  const auto shown = [&](const contact& like) {
    const auto found = find_contact(at, like);
    REQUIRE(found.has_value());
    return std::tuple(found->id, found->e164, found->opted_out_at, found->opted_in_at,
                      found->review_due_at, found->review_phrase, found->last_inbound_at,
                      found->first_sent_at, found->help_answered_at, found->created_at,
                      found->updated_at);
  };
  const auto fields = [](const contact& of) {
    return std::tuple(of.id, of.e164, of.opted_out_at, of.opted_in_at, of.review_due_at,
                      of.review_phrase, of.last_inbound_at, of.first_sent_at, of.help_answered_at,
                      of.created_at, of.updated_at);
  };
  CHECK(shown(row) == fields(row));
  contact foreign = row;
  foreign.organization = other.company.id;
  CHECK_FALSE(find_contact(at, foreign).has_value());
  foreign = row;
  foreign.user = other.person.id;
  CHECK_FALSE(find_contact(at, foreign).has_value());

  // Written again: everything but id and date of birth.
  contact changed = make_contact(at, mine, row.e164);
  changed.updated_at = timestamp{99};
  put_contact(at, changed);
  changed.id = row.id;
  changed.created_at = row.created_at;
  CHECK(shown(row) == fields(changed));
}

STORE_TEST_CASE("contacts are listed newest first, by side") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  std::vector<contact> rows;
  for (int i = 0; i < 5; ++i) {
    rows.push_back(make_contact(at, mine, "+1212555012" + std::to_string(i)));
    if (i % 2 == 0) rows.back().opted_out_at = timestamp{7};
    put_contact(at, rows.back());
  }
  put_contact(at, make_contact(at, other, "+12125550129"));
  const auto page_of = [&](std::optional<bool> out, const page_request& cut) {
    return at.must_read([&](session& work) {
      return work.contacts().page_of(mine.company.id, mine.person.id, out, cut);
    });
  };
  const auto numbers = [](const page<contact>& of) {
    std::string last;
    for (const contact& each : of.rows) last += each.e164.back();
    return last + (of.has_more ? "+" : "");
  };
  CHECK(numbers(page_of(std::nullopt, {.limit = 10})) == "43210");
  CHECK(numbers(page_of(true, {.limit = 10})) == "420");
  CHECK(numbers(page_of(false, {.limit = 10})) == "31");
  CHECK(numbers(page_of(std::nullopt, {.limit = 2})) == "43+");
  CHECK(numbers(page_of(std::nullopt, {.after = rows[3].id.bytes, .limit = 2})) == "21+");
  CHECK(numbers(page_of(true, {.after = rows[4].id.bytes, .limit = 2})) == "20");
}

STORE_TEST_CASE("opt-outs are one per contact and number, newest first") {
  const tenant mine = make_tenant(at);
  const contact row = make_contact(at, mine, "+12125550123");
  const contact neighbour = make_contact(at, mine, "+12125550124");
  opt_out first = make_opt_out(at, row);
  first.campaign = at.id<campaign_id>();
  first.source = opt_out_source::free_text;
  first.message = at.id<message_id>();
  opt_out second = make_opt_out(at, row);
  const opt_out foreign = make_opt_out(at, neighbour);
  for (const opt_out& each : {first, second, foreign}) {
    at.must_write([&](session& work) { return work.contacts().put_opt_out(each); });
  }
  const auto present = [&] {
    return at.must_read([&](session& work) {
      return work.contacts().opt_outs_of(row.organization, row.user, row.e164);
    });
  };
  REQUIRE(present().size() == 2);
  CHECK(present()[0].number == second.number);
  CHECK(present()[1].number == first.number);
  CHECK(present()[1].campaign == first.campaign);
  CHECK(present()[1].source == first.source);
  CHECK(present()[1].message == first.message);
  CHECK(present()[1].word == "STOP");
  CHECK(present()[1].rules_version == "abcdef012345");
  CHECK(present()[1].at == first.at);
  first.source = opt_out_source::keyword;
  at.must_write([&](session& work) { return work.contacts().put_opt_out(first); });
  REQUIRE(present().size() == 2);
  CHECK(present()[1].source == opt_out_source::keyword);
  at.must_write([&](session& work) {
    return work.contacts().remove_opt_out(row.organization, row.user, row.e164, second.number);
  });
  REQUIRE(present().size() == 1);
  CHECK(present()[0].number == first.number);
}

STORE_TEST_CASE("consents are kept, all of them, newest first") {
  const tenant mine = make_tenant(at);
  const contact who = make_contact(at, mine, "+12125550123");
  std::vector<consent> rows;
  for (const char* method : {"web_form", "verbal", "paper"}) {
    consent row;
    row.id = at.id<contact_id>().bytes;
    row.organization = who.organization;
    row.user = who.user;
    row.e164 = who.e164;
    row.method = method;
    row.wording = "I agree\nto texts";
    row.identifier = "203.0.113.7";
    row.at = timestamp{3};
    row.recorded_at = at.time.now();
    rows.push_back(row);
  }
  rows[1].campaign = at.id<campaign_id>();
  rows[1].number = at.id<number_id>();
  rows[1].recorded_by = at.id<api_key_id>();
  for (const consent& each : rows) {
    at.must_write([&](session& work) { return work.contacts().add_consent(each); });
  }
  const auto newest = at.must_read([&](session& work) {
    return work.contacts().consents_of(who.organization, who.user, who.e164, 2);
  });
  REQUIRE(newest.size() == 2);
  CHECK(newest[0].method == "paper");
  CHECK_FALSE(newest[0].campaign.has_value());
  CHECK(newest[1].method == "verbal");
  CHECK(newest[1].campaign == rows[1].campaign);
  CHECK(newest[1].number == rows[1].number);
  CHECK(newest[1].recorded_by == rows[1].recorded_by);
  CHECK(newest[1].wording == rows[1].wording);
  CHECK(newest[1].identifier == rows[1].identifier);
  CHECK(newest[1].at == rows[1].at);
  CHECK(newest[1].recorded_at == rows[1].recorded_at);
}

}  // namespace dialplane::test
