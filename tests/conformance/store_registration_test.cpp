// Rows of registration beyond being written and read again: lists, counts, what is watched, what
// the checker says of fees, and a database of the first version that is brought up to date.
#include <doctest/doctest.h>

#include <algorithm>

#include "base/sqlite.hpp"
#include "conformance/scratch_folder.hpp"
#include "conformance/store_fixture.hpp"
#include "store/sqlite/migrations.hpp"
#include "store/sqlite/sqlite_store.hpp"

namespace dialplane::test {

namespace {

brand make_brand(store_fixture& at, const tenant& of) {
  brand row;
  row.id = at.id<brand_id>();
  row.organization = of.company.id;
  row.user = of.person.id;
  row.entity = at.id<legal_entity_id>();
  row.carrier = "sandbox";
  row.created_at = at.time.now();
  row.updated_at = row.created_at;
  return row;
}

std::vector<std::string> campaign_ids(const std::vector<campaign>& rows) {
  std::vector<std::string> ids;
  for (const campaign& each : rows) ids.push_back(each.id.uuid());
  return ids;
}

}  // namespace

STORE_TEST_CASE("campaigns are listed newest first, of all users or of one") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  std::vector<campaign> rows;
  for (int i = 0; i < 5; ++i) {
    rows.push_back(make_campaign(at, mine));
    if (i % 2 == 1) rows.back().user = at.id<user_id>();
  }
  at.must_write([&](session& work) -> result<void> {
    for (const campaign& each : rows) TRY(work.campaigns().insert(each));
    return work.campaigns().insert(make_campaign(at, other));
  });
  const auto list = [&](std::optional<user_id> only, page_request cut) {
    return at.must_read([&](session& work) {
      return work.campaigns().page_of(mine.company.id, only, cut);
    });
  };
  auto all = list({}, {.limit = 3});
  CHECK(all.has_more);
  CHECK(campaign_ids(all.rows) == campaign_ids({rows[4], rows[3], rows[2]}));
  all = list({}, {.after = rows[2].id.bytes, .limit = 3});
  CHECK_FALSE(all.has_more);
  CHECK(campaign_ids(all.rows) == campaign_ids({rows[1], rows[0]}));
  CHECK(campaign_ids(list(mine.person.id, {}).rows) == campaign_ids({rows[4], rows[2], rows[0]}));
}

STORE_TEST_CASE("live campaigns of a user leave out ended ones and verifications") {
  const tenant mine = make_tenant(at);
  campaign old = make_campaign(at, mine);
  campaign ended = make_campaign(at, mine);
  ended.status = campaign_status::expired;
  campaign toll_free = make_campaign(at, mine);
  toll_free.kind = campaign_kind::toll_free_verification;
  at.must_write([&](session& work) -> result<void> {
    for (const campaign& each : {old, ended, toll_free}) TRY(work.campaigns().insert(each));
    return {};
  });
  const auto live = at.must_read([&](session& work) {
    return work.campaigns().live_ten_dlc_of_user(mine.company.id, mine.person.id);
  });
  CHECK(campaign_ids(live) == campaign_ids({old}));
  const auto newest = at.must_read([&](session& work) {
    return work.campaigns().find_ten_dlc_of_user(mine.company.id, mine.person.id);
  });
  REQUIRE(newest.has_value());
  CHECK(newest->id == old.id);  // not the ended one, which is newer
  at.must_write([&](session& work) { return work.campaigns().remove(mine.company.id, old.id); });
  const auto left = at.must_read([&](session& work) {
    return work.campaigns().find_ten_dlc_of_user(mine.company.id, mine.person.id);
  });
  REQUIRE(left.has_value());
  CHECK(left->id == ended.id);
}

STORE_TEST_CASE("active and suspended campaigns of everybody are watched, page by page") {
  std::vector<std::string> watched;
  std::vector<campaign> rows;
  for (int i = 0; i < 3; ++i) {
    const tenant of = make_tenant(at);
    for (const auto status : {campaign_status::active, campaign_status::suspended,
                              campaign_status::in_review, campaign_status::expired}) {
      rows.push_back(make_campaign(at, of));
      rows.back().status = status;
      rows.back().carrier_reference = "C";
    }
  }
  at.must_write([&](session& work) -> result<void> {
    for (const campaign& each : rows) TRY(work.campaigns().insert(each));
    return {};
  });
  std::optional<campaign> last;
  for (;;) {
    const auto some = at.must_read(
        [&](session& work) { return work.campaigns().watched(last, 2); });
    if (some.empty()) break;
    CHECK(some.size() <= 2);
    for (const campaign& each : some) watched.push_back(each.id.uuid());
    last = some.back();
  }
  std::vector<std::string> wanted;
  for (const campaign& each : rows) {
    const bool is_watched = each.status == campaign_status::active ||
                            each.status == campaign_status::suspended;
    if (is_watched) wanted.push_back(each.id.uuid());
  }
  for (const std::string& id : wanted) {
    CHECK(std::count(watched.begin(), watched.end(), id) == 1);
  }
  for (const campaign& each : rows) {
    if (each.status != campaign_status::in_review) continue;
    CHECK(std::count(watched.begin(), watched.end(), each.id.uuid()) == 0);
  }
}

STORE_TEST_CASE("a mobile number's brands and a campaign's numbers are counted") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  const std::string mobile = "+1415555" + std::to_string(1000 + mine.company.id.bytes[15]);
  brand one = make_brand(at, mine);
  one.mobile_number = mobile;
  brand two = make_brand(at, other);
  two.mobile_number = mobile;
  const campaign filed = make_campaign(at, mine);
  std::vector<number> members;
  for (int i = 0; i < 3; ++i) {
    members.push_back(make_number(at, mine));
    members.back().e164.clear();
    members.back().campaign = filed.id;
    members.back().status = i == 0 ? number_status::released : number_status::active;
    if (i != 0) members.back().status = number_status::pending;
  }
  at.must_write([&](session& work) -> result<void> {
    TRY(work.campaigns().insert_brand(one));
    TRY(work.campaigns().insert_brand(two));
    TRY(work.campaigns().insert(filed));
    for (const number& each : members) TRY(work.numbers().insert(each));
    return {};
  });
  CHECK(at.must_read([&](session& work) {
    return work.campaigns().count_brands_of_mobile(mobile);
  }) == 2);
  const auto count = [&](std::int64_t up_to) {
    return at.must_read([&](session& work) {
      return work.numbers().count_of_campaign(mine.company.id, filed.id, up_to);
    });
  };
  CHECK(count(50) == 2);  // not the released one
  CHECK(count(1) == 1);
}

STORE_TEST_CASE("the checker knows fees that are held, and operations that are not open") {
  const tenant mine = make_tenant(at);
  campaign filed = make_campaign(at, mine);
  filed.fee = {{38'000'000}, fee_state::held};
  at.must_write([&](session& work) -> result<void> {
    TRY(work.ledger().post(make_entry(at, mine, ledger_account::granted,
                                      ledger_account::available, 100'000'000)));
    TRY(work.ledger().post(make_entry(at, mine, ledger_account::available, ledger_account::held,
                                      38'000'000)));
    return work.campaigns().insert(filed);
  });
  const auto violations = [&] {
    return at.must_read([](session& work) { return work.integrity().check(); }).violations;
  };
  const auto tells = [&](const std::string& words) {
    const auto all = violations();
    return std::any_of(all.begin(), all.end(), [&](const std::string& sentence) {
      return sentence.find(words) != std::string::npos;
    });
  };
  CHECK_FALSE(tells("open work holds"));
  filed.fee.state = fee_state::captured;  // without the ledger's knowledge
  at.must_write([&](session& work) { return work.campaigns().update(filed); });
  CHECK(tells("open work holds"));
  filed.fee.state = fee_state::held;
  filed.operation = at.id<operation_id>();
  at.must_write([&](session& work) { return work.campaigns().update(filed); });
  CHECK_FALSE(tells("open work holds"));
  CHECK(tells("is under work of an operation that is not open"));
}

// ---- from the first version ---------------------------------------------------------------------

namespace {

// Two users of one company, as the first version left them: the first has an approved campaign
// with an attached number, one that was waiting to be attached, and its operation; the second's
// first purchase is under way.
constexpr const char* old_rows = R"sql(
INSERT INTO organizations VALUES (x'01', 'Old', 'scale', NULL, 1);
INSERT INTO account_kits VALUES (x'01', x'0a', 'Default', NULL, 1, '{}', '{}', 1, 1);
INSERT INTO users VALUES (x'01', x'11', NULL, NULL, NULL, x'0a', '{}', 'active', 1, 1, NULL),
  (x'01', x'12', NULL, NULL, NULL, x'0a', '{}', 'active', 0, 1, NULL),
  (x'01', x'13', NULL, NULL, NULL, x'0a', '{}', 'active', 0, 1, NULL);
INSERT INTO legal_entities VALUES (x'01', x'21', x'11', 'formation_completed',
  '{"messaging":{"use_cases":["account_notification","customer_care"]}}', x'', '', 1, 1);
INSERT INTO brands VALUES (x'01', x'31', x'11', x'21', 'verified', 5, 6),
  (x'01', x'32', x'12', x'22', 'pending', 5, 6), (x'01', x'33', x'13', x'23', 'failed', 5, 6);
INSERT INTO campaigns VALUES (x'01', x'41', x'11', x'31', NULL, '10dlc', 'active', 'sandbox',
  'SBC1', 'customer_care', NULL, 7, 8, NULL, 7, 9);
INSERT INTO numbers (organization_id, id, user_id, status, type, bought_through, e164,
  area_code_asked, campaign_id, campaign_attached, carrier, mark, routing_set, locked, created_at,
  updated_at) VALUES
  (x'01', x'51', x'11', 'active', 'local', 'naive', '+14155550101', '', x'41', 1, 'sandbox', 'm1',
   1, 0, 1, 1),
  (x'01', x'52', x'11', 'active', 'local', 'naive', '+14155550102', '', x'41', 0, 'sandbox', 'm2',
   1, 0, 1, 1),
  (x'01', x'53', x'11', 'released', 'local', 'naive', '+14155550103', '', x'41', 0, 'sandbox',
   'm3', 1, 0, 1, 1);
INSERT INTO operations (id, organization_id, user_id, key_id, request_id, kind, state, step,
  asked_through, number_id, campaign_id, request, carrier, e164, mark, attempts, numbers_tried,
  held, slot_held, outcome, created_at, updated_at) VALUES
  (x'61', x'01', x'11', x'71', 'r', 'register_campaign', 'open', 'in_review', 'naive', x'52',
   x'41', '{}', 'sandbox', '+14155550102', 'mark', 0, 0, 0, 0, '', 1, 1);
)sql";

std::string text_of(sqlite::database& db, const std::string& query) {
  auto rows = db.prepare(query);
  REQUIRE(rows.has_value());
  const auto found = rows->step();
  REQUIRE(found.has_value());
  REQUIRE(*found);
  return std::string(rows->text(0));
}

}  // namespace

TEST_CASE("sqlite migration 2: rows of the first version keep their meaning") {
  scratch_folder at;
  const std::string path = at.file("old.db");
  auto db = sqlite::database::open(path, sqlite::open_mode::read_write_create);
  REQUIRE(db.has_value());
  const auto all = sqlite::embedded_migrations();
  REQUIRE(sqlite::migrate(*db, all.first(1)).has_value());
  const auto filled = db->exec(old_rows);
  if (!filled) FAIL(describe(filled.error()));
  const auto migrated = sqlite::migrate(*db, all);
  if (!migrated) FAIL(describe(migrated.error()));

  const auto brand_text = [&](const char* id) {
    return text_of(*db, std::string("SELECT status || ' ' || fee_state || ' ' || fee || ' ' ||"
                                    " tier || ' ' || stage_since FROM brands WHERE id = ") + id);
  };
  CHECK(brand_text("x'31'") == "verified captured 0 standard 6");
  CHECK(brand_text("x'32'") == "draft captured 0 standard 6");   // its purchase goes on
  CHECK(brand_text("x'33'") == "draft returned 0 standard 6");   // the next number is the first
  CHECK(text_of(*db, "SELECT status || ' ' || fee_state || ' ' || use_case || ' ' || submissions"
                     " || ' ' || hex(operation_id) || ' ' || status_since FROM campaigns") ==
        "active captured account_notification 1 61 9");
  CHECK(text_of(*db, "SELECT count(*) FROM numbers INDEXED BY numbers_campaign WHERE"
                     " organization_id = x'01' AND campaign_id = x'41'"
                     " AND status <> 'released'") == "2");
  CHECK(text_of(*db, "SELECT count(*) FROM numbers WHERE attachment_failure IS NULL"
                     " AND attachment_since IS NULL") == "3");
  // Again changes nothing.
  CHECK(sqlite::migrate(*db, all).has_value());
  CHECK(brand_text("x'31'") == "verified captured 0 standard 6");
}

}  // namespace dialplane::test
