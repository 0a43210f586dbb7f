#include "conformance/store_fixture.hpp"
#include "store/quote_queries.hpp"

namespace dialplane::test {

namespace {

quote make_quote(store_fixture& at, const tenant& of) {
  quote row;
  row.id = at.id<quote_id>();
  row.organization = of.company.id;
  row.user = of.person.id;
  row.key = at.id<api_key_id>();
  row.e164 = "+14155550123";
  row.type = number_type::toll_free;
  row.carrier = "north";
  row.locality = "Oakland";
  row.region = "CA";
  row.texts = true;
  row.calls = true;
  row.price = micro_credits::credits(50);
  row.monthly = micro_credits::credits(4);
  row.cost = {1'150'000, 20, true};
  row.reservation = "res-1";
  row.created_at = at.time.now();
  row.expires_at = at.time.now() + std::chrono::minutes(10);
  return row;
}

std::optional<quote> find_quote(store_fixture& at, organization_id owner, quote_id id) {
  return at.must_read([=](session& work) { return work.quotes().find(owner, id); });
}

bool use(store_fixture& at, const quote& row, operation_id by) {
  return at.must_write(
      [=](session& work) { return work.quotes().use(row.organization, row.id, by); });
}

}  // namespace

STORE_TEST_CASE("quotes keep every field and belong to their organization") {
  const tenant own = make_tenant(at);
  const tenant other = make_tenant(at);
  const quote row = make_quote(at, own);
  at.must_write([&](session& work) { return work.quotes().insert(row); });
  const auto found = find_quote(at, own.company.id, row.id);
  REQUIRE(found);
  CHECK(found->e164 == row.e164);
  CHECK(found->user == row.user);
  CHECK(found->key == row.key);
  CHECK(found->type == row.type);
  CHECK(found->carrier == row.carrier);
  CHECK(found->locality == row.locality);
  CHECK(found->region == row.region);
  CHECK(found->texts);
  CHECK_FALSE(found->media);
  CHECK(found->calls);
  CHECK(found->price == row.price);
  CHECK(found->monthly == row.monthly);
  CHECK(found->cost == row.cost);
  CHECK(found->reservation == row.reservation);
  CHECK_FALSE(found->used_by);
  CHECK(found->created_at == row.created_at);
  CHECK(found->expires_at == row.expires_at);
  CHECK_FALSE(find_quote(at, other.company.id, row.id));
}

STORE_TEST_CASE("a quote is used once") {
  const tenant own = make_tenant(at);
  const quote row = make_quote(at, own);
  at.must_write([&](session& work) { return work.quotes().insert(row); });
  const auto first = at.id<operation_id>();
  CHECK(use(at, row, first));
  CHECK_FALSE(use(at, row, at.id<operation_id>()));
  CHECK(find_quote(at, own.company.id, row.id)->used_by == first);
}

STORE_TEST_CASE("a number is promised while an unused quote of it lives, whosever") {
  const tenant own = make_tenant(at);
  const tenant other = make_tenant(at);
  quote row = make_quote(at, own);
  at.must_write([&](session& work) { return work.quotes().insert(row); });
  const auto promised = [&](std::string e164, timestamp now, std::optional<user_id> but_to) {
    return at.must_read(
        [&](session& work) { return work.quotes().is_promised(e164, now, but_to); });
  };
  const auto open = [&](organization_id owner, timestamp now, std::int64_t up_to = 10) {
    return at.must_read(
        [&](session& work) { return work.quotes().count_open(owner, now, up_to); });
  };
  const timestamp now = at.time.now();
  CHECK(promised(row.e164, now, std::nullopt));
  CHECK(promised(row.e164, now, other.person.id));
  CHECK_FALSE(promised(row.e164, now, own.person.id));  // only to them
  CHECK_FALSE(promised("+14155550124", now, std::nullopt));
  CHECK_FALSE(promised(row.e164, row.expires_at, std::nullopt));
  CHECK(open(own.company.id, now) == 1);
  CHECK(open(own.company.id, row.expires_at) == 0);
  CHECK(open(other.company.id, now) == 0);
  quote second = make_quote(at, own);
  at.must_write([&](session& work) { return work.quotes().insert(second); });
  CHECK(open(own.company.id, now) == 2);
  CHECK(open(own.company.id, now, 1) == 1);
  CHECK(use(at, row, at.id<operation_id>()));
  CHECK(promised(row.e164, now, std::nullopt));
  CHECK(use(at, second, at.id<operation_id>()));
  CHECK_FALSE(promised(row.e164, now, std::nullopt));
  CHECK(open(own.company.id, now) == 0);
}

STORE_TEST_CASE("old quotes are forgotten, a few at a time") {
  const tenant own = make_tenant(at);
  std::vector<quote> rows;
  for (int i = 0; i < 3; ++i) {
    rows.push_back(make_quote(at, own));
    rows.back().expires_at = at.time.now() + std::chrono::minutes(i);
    at.must_write([&](session& work) { return work.quotes().insert(rows.back()); });
  }
  const timestamp cut = rows[2].expires_at;
  const auto forget = [&] {
    return at.must_write([=](session& work) { return work.quotes().forget_older(cut, 1); });
  };
  CHECK(forget() == 1);
  CHECK_FALSE(find_quote(at, own.company.id, rows[0].id));
  CHECK(find_quote(at, own.company.id, rows[1].id));
  CHECK(forget() == 1);
  CHECK(forget() == 0);
  CHECK(find_quote(at, own.company.id, rows[2].id));
}

STORE_TEST_CASE("what a number cost is kept, the last word of each number") {
  const tenant own = make_tenant(at);
  const tenant other = make_tenant(at);
  number_purchase_record row{at.id<number_id>(), own.company.id, "north", "PN1",
                             {1'150'000, 5, false}, at.time.now()};
  const auto put = [&] {
    at.must_write([&](session& work) { return work.quotes().put_purchase(row); });
  };
  const auto find_of = [&](organization_id owner) {
    return at.must_read(
        [&](session& work) { return work.quotes().find_purchase(owner, row.number); });
  };
  put();
  REQUIRE(find_of(own.company.id));
  CHECK(find_of(own.company.id)->cost == row.cost);
  CHECK(find_of(own.company.id)->reference == "PN1");
  CHECK(find_of(own.company.id)->bought_at == row.bought_at);
  CHECK_FALSE(find_of(other.company.id));
  row.cost.monthly_micro_usd.reset();
  row.reference = "PN2";
  put();
  CHECK_FALSE(find_of(own.company.id)->cost.monthly_micro_usd);
  CHECK(find_of(own.company.id)->reference == "PN2");
}

}  // namespace dialplane::test
