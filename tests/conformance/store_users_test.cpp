#include "conformance/store_fixture.hpp"

namespace dialplane::test {

namespace {

user full_user(store_fixture& at, const tenant& of, std::string external_id) {
  user row;
  row.id = at.id<user_id>();
  row.organization = of.company.id;
  row.external_id = std::move(external_id);
  row.email = "a@example.com";
  row.label = "Änne";
  row.kit = of.kit.id;
  row.metadata["tier"] = boost::json::array{1, nullptr, "x"};
  row.created_at = at.time.now();
  row.last_active_at = timestamp{12};
  return row;
}

std::optional<user> find_user(store_fixture& at, const tenant& of, user_id id) {
  return at.must_read([&](session& work) { return work.users().find(of.company.id, id); });
}

}  // namespace

STORE_TEST_CASE("users keep every field and belong to their organization") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  user row = full_user(at, mine, "cust-1");
  at.must_write([&](session& work) { return work.users().insert(row); });
  REQUIRE(find_user(at, mine, row.id).has_value());
  CHECK(shown(*find_user(at, mine, row.id)) == shown(row));
  CHECK_FALSE(find_user(at, other, row.id).has_value());

  row.label.reset();
  row.status = user_status::suspended;
  row.last_active_at.reset();
  row.metadata.clear();
  at.must_write([&](session& work) { return work.users().update(row); });
  CHECK(shown(*find_user(at, mine, row.id)) == shown(row));

  user stolen = row;
  stolen.organization = other.company.id;
  const auto refused = at.write([&](session& work) { return work.users().update(stolen); });
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().kind == error_class::conflict);
  CHECK(shown(*find_user(at, mine, row.id)) == shown(row));

  const auto first =
      at.must_read([&](session& work) { return work.users().find_default(mine.company.id); });
  REQUIRE(first.has_value());
  CHECK(first->id == mine.person.id);
}

STORE_TEST_CASE("an external id is taken within its organization until its user is deleted") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  user first = full_user(at, mine, "cust-1");
  user second = full_user(at, mine, "cust-1");
  const user elsewhere = full_user(at, other, "cust-1");
  at.must_write([&](session& work) { return work.users().insert(first); });
  at.must_write([&](session& work) { return work.users().insert(elsewhere); });
  const auto insert_second = [&] {
    return at.write([&](session& work) { return work.users().insert(second); });
  };
  const auto taken = insert_second();
  REQUIRE_FALSE(taken.has_value());
  CHECK(taken.error().kind == error_class::conflict);
  CHECK(taken.error().field == "external_id");

  second.external_id = "cust-2";
  REQUIRE(insert_second().has_value());
  second.external_id = "cust-1";
  const auto renamed = at.write([&](session& work) { return work.users().update(second); });
  REQUIRE_FALSE(renamed.has_value());
  CHECK(renamed.error().field == "external_id");

  first.status = user_status::deleted;
  at.must_write([&](session& work) { return work.users().update(first); });
  CHECK(at.write([&](session& work) { return work.users().update(second); }).has_value());
}

STORE_TEST_CASE("users are listed newest first without deleted ones") {
  const tenant mine = make_tenant(at);
  std::vector<user> rows;
  for (int i = 0; i < 5; ++i) {
    rows.push_back(full_user(at, mine, "cust-" + std::to_string(i)));
    if (i == 3) rows.back().status = user_status::deleted;
    at.must_write([&](session& work) { return work.users().insert(rows.back()); });
  }
  const auto list = [&](std::size_t limit, std::size_t offset) {
    return ids_of(at.must_read(
        [&](session& work) { return work.users().list(mine.company.id, limit, offset); }));
  };
  const auto id = [&](int i) { return rows[static_cast<std::size_t>(i)].id.bytes; };
  CHECK(list(2, 0) == std::vector{id(4), id(2)});
  CHECK(list(2, 2) == std::vector{id(1), id(0)});
  CHECK(list(10, 4) == std::vector{mine.person.id.bytes});
  CHECK(list(10, 5).empty());
}

STORE_TEST_CASE("account kits keep every field, count their users and go") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  account_kit row;
  row.id = at.id<account_kit_id>();
  row.organization = mine.company.id;
  row.name = "Gated";
  row.description = "asks first";
  row.primitives["phone"] = boost::json::object{{"requiresApproval", true}};
  row.connections["crm"] = true;
  row.created_at = row.updated_at = at.time.now();
  at.must_write([&](session& work) { return work.users().insert_kit(row); });
  row.description.reset();
  row.name = "Gated 2";
  row.updated_at = timestamp{99};
  at.must_write([&](session& work) { return work.users().update_kit(row); });

  const auto find = [&](const tenant& of) {
    return at.must_read(
        [&](session& work) { return work.users().find_kit(of.company.id, row.id); });
  };
  REQUIRE(find(mine).has_value());
  CHECK(shown(*find(mine)) == shown(row));
  CHECK_FALSE(find(other).has_value());
  const auto usual =
      at.must_read([&](session& work) { return work.users().find_default_kit(mine.company.id); });
  REQUIRE(usual.has_value());
  CHECK(usual->id == mine.kit.id);
  const auto listed =
      at.must_read([&](session& work) { return work.users().list_kits(mine.company.id, 10, 0); });
  CHECK(ids_of(listed) == std::vector{row.id.bytes, mine.kit.id.bytes});

  const auto users_of = [&](account_kit_id kit) {
    return at.must_read(
        [&](session& work) { return work.users().count_users_of_kit(mine.company.id, kit); });
  };
  CHECK(users_of(mine.kit.id) == 1);
  CHECK(users_of(row.id) == 0);
  const auto remove = [&](organization_id owner) {
    at.must_write([&](session& work) { return work.users().remove_kit(owner, row.id); });
  };
  remove(other.company.id);
  CHECK(find(mine).has_value());
  remove(mine.company.id);
  CHECK_FALSE(find(mine).has_value());
}

STORE_TEST_CASE("legal entities keep sealed bytes and are found by their user") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  legal_entity row;
  row.id = at.id<legal_entity_id>();
  row.organization = mine.company.id;
  row.user = mine.person.id;
  row.record["name"] = "Widgets LLC";
  row.created_at = row.updated_at = at.time.now();
  at.must_write([&](session& work) { return work.users().insert_entity(row); });
  row.status = formation_status::formation_completed;
  row.sealed_ein = std::string("\0\x01\xfe", 3);
  row.ein_last_four = "6789";
  at.must_write([&](session& work) { return work.users().update_entity(row); });

  const auto found = at.must_read([&](session& work) {
    return work.users().find_entity_of_user(mine.company.id, mine.person.id);
  });
  REQUIRE(found.has_value());
  CHECK(shown(*found) == shown(row));
  CHECK_FALSE(at.must_read(
      [&](session& work) { return work.users().find_entity(other.company.id, row.id); }));
  CHECK(at.must_read(
      [&](session& work) { return work.users().find_entity(mine.company.id, row.id); }));
  const auto list = [&](const tenant& in, std::optional<user_id> of) {
    return at.must_read([&](session& work) {
      return work.users().list_entities(in.company.id, of, 10, 0);
    });
  };
  CHECK(list(mine, std::nullopt).size() == 1);
  CHECK(list(mine, mine.person.id).size() == 1);
  CHECK(list(mine, other.person.id).empty());
  CHECK(list(other, std::nullopt).empty());
}

}  // namespace dialplane::test
