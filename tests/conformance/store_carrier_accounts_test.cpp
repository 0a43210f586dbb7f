// Rows of carrier accounts and of imported numbers' old routing.
#include "conformance/store_fixture.hpp"
#include "store/carrier_account_queries.hpp"

namespace dialplane::test {

namespace {

carrier_account make_account(store_fixture& at, std::string name,
                             std::optional<organization_id> owner = std::nullopt) {
  carrier_account row;
  row.id = at.id<carrier_account_id>();
  row.name = std::move(name);
  row.kind = "toy";
  row.organization = owner;
  row.label = "A label";
  row.sealed_credentials = std::string("sealed\0credentials", 18);
  row.sealed_webhook_token = std::string("sealed\0token", 12);
  row.shown = {{"account", "one"}};
  row.options = {{"region", "here"}, {"inner", {{"deep", true}}}};
  row.place = row.name + "/here";
  row.preference = 3;
  row.state = carrier_account_state::out_of_funds;
  row.state_detail = "nothing left";
  row.state_since = at.time.now();
  row.created_at = at.time.now();
  row.updated_at = at.time.now();
  return row;
}

auto shown(const carrier_account& row) {
  return std::tuple(row.id, row.name, row.kind, row.organization, row.label,
                    row.sealed_credentials, row.sealed_webhook_token, row.shown, row.options,
                    row.place, row.preference, row.state, row.state_detail, row.state_since,
                    row.created_at, row.updated_at);
}

result<bool> insert_account(store_fixture& at, const carrier_account& row) {
  return at.write([&](session& work) -> result<bool> {
    TRY(work.carrier_accounts().insert(row));
    return true;
  });
}

std::optional<carrier_account> named(store_fixture& at, const std::string& name) {
  return at.must_read([&](session& work) { return work.carrier_accounts().find_named(name); });
}

}  // namespace

STORE_TEST_CASE("a carrier account keeps every field and can change all of them") {
  const tenant one = make_tenant(at);
  carrier_account row = make_account(at, "main");
  REQUIRE(insert_account(at, row));
  const auto found = named(at, "main");
  REQUIRE(found);
  CHECK(shown(*found) == shown(row));
  const carrier_account_id id = row.id;
  row = make_account(at, "renamed", one.company.id);
  row.id = id;
  row.label.reset();
  row.state = carrier_account_state::removed_with_numbers;
  at.must_write([&](session& work) -> result<bool> {
    TRY(work.carrier_accounts().update(row));
    return true;
  });
  CHECK(!named(at, "main"));
  const auto changed = named(at, "renamed");
  REQUIRE(changed);
  CHECK(shown(*changed) == shown(row));
  at.must_write([&](session& work) -> result<bool> {
    TRY(work.carrier_accounts().remove(row));
    return true;
  });
  CHECK(!named(at, "renamed"));
  const auto gone = at.write([&](session& work) -> result<bool> {
    TRY(work.carrier_accounts().update(row));
    return true;
  });
  REQUIRE(!gone);
  CHECK(gone.error().kind == error_class::conflict);
}

STORE_TEST_CASE("a name is one account's, and a place one of its owner's") {
  const tenant one = make_tenant(at);
  const tenant two = make_tenant(at);
  REQUIRE(insert_account(at, make_account(at, "main")));
  const auto same_name = insert_account(at, make_account(at, "main", one.company.id));
  REQUIRE(!same_name);
  CHECK(same_name.error().kind == error_class::conflict);
  CHECK(same_name.error().message == "Another carrier account has this name.");

  carrier_account theirs = make_account(at, "one", one.company.id);
  theirs.place = "main/here";
  REQUIRE(insert_account(at, theirs));  // the installation's is another owner's
  carrier_account again = make_account(at, "again", one.company.id);
  again.place = "main/here";
  const auto same_place = insert_account(at, again);
  REQUIRE(!same_place);
  CHECK(same_place.error().kind == error_class::conflict);
  CHECK(same_place.error().message == "This account at the carrier is configured already.");
  again.organization = two.company.id;
  REQUIRE(insert_account(at, again));
  carrier_account second = make_account(at, "second");
  second.place = "main/here";
  CHECK(!insert_account(at, second));
  for (const char* name : {"no-place", "no-place-2"}) {
    carrier_account placeless = make_account(at, name);
    placeless.place.clear();
    CHECK(insert_account(at, placeless));
  }
}

STORE_TEST_CASE("carrier accounts are found by their owner, the installation's listed first") {
  const tenant one = make_tenant(at);
  const tenant two = make_tenant(at);
  carrier_account late = make_account(at, "a-late");
  late.preference = 9;
  const carrier_account mine = make_account(at, "mine", one.company.id);
  for (const carrier_account& row : {late, mine, make_account(at, "main")}) {
    REQUIRE(insert_account(at, row));
  }
  const auto all = at.must_read([](session& work) { return work.carrier_accounts().all(); });
  REQUIRE(all.size() == 3);
  CHECK(all[0].name == "main");
  CHECK(all[1].name == "a-late");
  CHECK(all[2].name == "mine");
  const auto find = [&](const tenant& of) {
    return at.must_read(
        [&](session& work) { return work.carrier_accounts().find(of.company.id, mine.id); });
  };
  CHECK(find(one));
  CHECK(!find(two));
  const auto find_at = [&](const tenant& of) {
    return at.must_read([&](session& work) {
      return work.carrier_accounts().find_at(of.company.id, "toy", "mine/here");
    });
  };
  CHECK(find_at(one));
  CHECK(!find_at(two));
  const auto brought = [&](const tenant& of) {
    return at.must_read(
        [&](session& work) { return work.carrier_accounts().brought_by(of.company.id); });
  };
  CHECK(brought(one).size() == 1);
  CHECK(brought(two).empty());
}

STORE_TEST_CASE("the old routing of an imported number is its organization's") {
  const tenant one = make_tenant(at);
  const tenant two = make_tenant(at);
  imported_number row;
  row.organization = one.company.id;
  row.number = at.id<number_id>();
  row.sealed_routing = std::string("sealed\0routing", 14);
  row.taken_at = at.time.now();
  const auto put = [&] {
    at.must_write([&](session& work) -> result<bool> {
      TRY(work.carrier_accounts().put_imported(row));
      return true;
    });
  };
  const auto find = [&](const tenant& of) {
    return at.must_read([&](session& work) {
      return work.carrier_accounts().find_imported(of.company.id, row.number);
    });
  };
  put();
  REQUIRE(find(one));
  CHECK(find(one)->sealed_routing == row.sealed_routing);
  CHECK(find(one)->taken_at == row.taken_at);
  CHECK(!find(two));
  row.sealed_routing = "newer";
  put();
  CHECK(find(one)->sealed_routing == "newer");
  CHECK(!find(one)->moved_by);
  row.moved_by = at.id<operation_id>();
  row.sealed_next = std::string("next\0routing", 12);
  put();
  CHECK(find(one)->moved_by == row.moved_by);
  CHECK(find(one)->sealed_next == row.sealed_next);
  CHECK(find(one)->sealed_routing == "newer");
  at.must_write([&](session& work) -> result<bool> {
    TRY(work.carrier_accounts().remove_imported(one.company.id, row.number));
    return true;
  });
  CHECK(!find(one));
}

}  // namespace dialplane::test
