// Calls and voice endpoints: one row per call of a carrier, lists of an agent's calls by time.
#include <boost/json/serialize.hpp>

#include "conformance/store_fixture.hpp"
#include "store/call_queries.hpp"

namespace dialplane::test {

namespace {

call make_call(store_fixture& at, const number& of, agent_id who, std::string carrier_call_id) {
  call row;
  row.id = at.id<call_id>();
  row.organization = of.organization;
  row.user = of.user;
  row.number = of.id;
  row.agent = who;
  row.carrier = "some_carrier";
  row.carrier_call_id = std::move(carrier_call_id);
  row.state = call_state::in_progress;
  row.lead = call_lead::stream;
  row.from = "anonymous \"x\"";
  row.to = "+14155550100";
  row.account_type = "cartesia";
  row.parameters = {{"call_id", row.id.prefixed()}, {"from", row.from}};
  row.sequence = 2;
  row.started_at = at.time.now();
  row.answered_at = at.time.now();
  row.updated_at = at.time.now();
  return row;
}

std::string shown(const call& row) {
  std::string all = boost::json::serialize(call_event_data(row, row.carrier));
  for (const std::string& id : {row.id.uuid(), row.organization.uuid(), row.user.uuid()}) all += id;
  all += std::string(name_of_value(row.lead)) + std::to_string(row.sequence.value_or(-1)) + "|" +
         std::to_string(row.updated_at.unix_ms);
  return all;
}

void insert_call(store_fixture& at, const call& row) {
  at.must_write([&](session& work) { return work.calls().insert(row); });
}

std::vector<call_id> call_ids(store_fixture& at, const tenant& of, const call_filter& only,
                              const page_request& cut = {}) {
  const page<call> found = at.must_read(
      [&](session& work) { return work.calls().page_of(of.company.id, only, cut); });
  std::vector<call_id> ids;
  for (const call& row : found.rows) ids.push_back(row.id);
  return ids;
}

}  // namespace

STORE_TEST_CASE("calls: every field is kept, and what changes is changed") {
  const tenant own = make_tenant(at);
  const number phone = make_number(at, own);
  call row = make_call(at, phone, at.id<agent_id>(), "CA1");
  insert_call(at, row);
  const auto found = [&] {
    return at.must_read([&](session& work) { return work.calls().find(own.company.id, row.id); });
  };
  REQUIRE(found());
  CHECK(shown(*found()) == shown(row));
  row.state = call_state::failed;
  row.lead = call_lead::sip;
  row.end_reason = call_end_reason::dial_busy;
  row.error_message = "The line was \"busy\".";
  row.sequence = 9;
  row.duration_s = 17;
  row.ended_at = at.time.now();
  row.updated_at = at.time.now();
  at.must_write([&](session& work) { return work.calls().update(row); });
  CHECK(shown(*found()) == shown(row));
  const auto by_carrier = at.must_read(
      [&](session& work) { return work.calls().find_by_carrier_id("some_carrier", "CA1"); });
  REQUIRE(by_carrier);
  CHECK(shown(*by_carrier) == shown(row));
  row.id = at.id<call_id>();
  const auto gone = at.write([&](session& work) { return work.calls().update(row); });
  REQUIRE_FALSE(gone);
  CHECK(gone.error().kind == error_class::conflict);
}

STORE_TEST_CASE("calls: a carrier's id is one call's; another organization's call is not there") {
  const tenant own = make_tenant(at);
  const tenant other = make_tenant(at);
  const number phone = make_number(at, own);
  const call row = make_call(at, phone, at.id<agent_id>(), "CA1");
  insert_call(at, row);
  const call twin = make_call(at, phone, *row.agent, "CA1");
  const auto refused_twin = at.write([&](session& work) { return work.calls().insert(twin); });
  REQUIRE_FALSE(refused_twin);
  CHECK(refused_twin.error().kind == error_class::conflict);
  call elsewhere = make_call(at, phone, *row.agent, "CA1");
  elsewhere.carrier = "other_carrier";
  insert_call(at, elsewhere);
  CHECK_FALSE(at.must_read(
      [&](session& work) { return work.calls().find(other.company.id, row.id); }));
  CHECK(call_ids(at, other, {.agent = *row.agent}).empty());
}

STORE_TEST_CASE("calls: pages of an agent's calls, newest first, cut by time and user") {
  const tenant own = make_tenant(at);
  const number phone = make_number(at, own);
  const agent_id who = at.id<agent_id>();
  std::vector<call> rows;
  for (int i = 0; i < 6; ++i) {
    rows.insert(rows.begin(), make_call(at, phone, who, "CA" + std::to_string(i)));
    insert_call(at, rows.front());
  }
  insert_call(at, make_call(at, phone, at.id<agent_id>(), "CB1"));
  call nobodys = make_call(at, phone, who, "CB2");
  nobodys.agent.reset();
  insert_call(at, nobodys);
  const auto ids = [&](std::size_t from, std::size_t to) {
    std::vector<call_id> wanted;
    for (std::size_t i = from; i < to; ++i) wanted.push_back(rows[i].id);
    return wanted;
  };
  const call_filter all{.agent = who};
  CHECK(call_ids(at, own, all) == ids(0, 6));
  CHECK(call_ids(at, own, all, {.limit = 2}) == ids(0, 2));
  CHECK(call_ids(at, own, all, {.after = rows[1].id.bytes, .limit = 2}) == ids(2, 4));
  CHECK(call_ids(at, own, all, {.before = rows[4].id.bytes, .limit = 2}) == ids(2, 4));
  CHECK(call_ids(at, own, all, {.after = rows[5].id.bytes}).empty());
  const timestamp early = rows[4].started_at;
  const timestamp late = rows[1].started_at;
  CHECK(call_ids(at, own, {.agent = who, .started_from = late}) == ids(0, 2));
  CHECK(call_ids(at, own, {.agent = who, .started_until = early}) == ids(4, 6));
  const call_filter between{.agent = who, .started_from = early, .started_until = late};
  CHECK(call_ids(at, own, between) == ids(1, 5));
  CHECK(call_ids(at, own, between, {.after = rows[0].id.bytes, .limit = 2}) == ids(1, 3));
  CHECK(call_ids(at, own, between, {.after = rows[3].id.bytes}) == ids(4, 5));
  CHECK(call_ids(at, own, between, {.before = rows[5].id.bytes, .limit = 2}) == ids(3, 5));
  CHECK(call_ids(at, own, between, {.before = rows[2].id.bytes}) == ids(1, 2));
  CHECK(call_ids(at, own, {.agent = who, .started_from = late + std::chrono::milliseconds(1),
                           .started_until = late})
            .empty());
  CHECK(call_ids(at, own, {.agent = who, .user = own.person.id}) == ids(0, 6));
  CHECK(call_ids(at, own, {.agent = who, .user = at.id<user_id>()}).empty());
  CHECK(call_ids(at, own, {.agent = who, .started_from = timestamp{-5}}) == ids(0, 6));
}

STORE_TEST_CASE("voice endpoints: one per agent, replaced, removed, its organization's own") {
  const tenant own = make_tenant(at);
  const tenant other = make_tenant(at);
  voice_endpoint row;
  row.organization = own.company.id;
  row.agent = at.id<agent_id>();
  row.kind = voice_endpoint_kind::sip;
  row.target = "sip:desk@edge.example";
  row.username = "desk";
  row.sealed_password = std::string("\0sealed\xff", 8);
  row.created_at = at.time.now();
  row.updated_at = at.time.now();
  const auto put = [&] {
    at.must_write([&](session& work) { return work.calls().put_endpoint(row); });
  };
  const auto found = [&](const tenant& of) {
    return at.must_read(
        [&](session& work) { return work.calls().find_endpoint(of.company.id, row.agent); });
  };
  put();
  REQUIRE(found(own));
  CHECK(found(own)->kind == voice_endpoint_kind::sip);
  CHECK(found(own)->username == "desk");
  CHECK(found(own)->sealed_password == row.sealed_password);
  CHECK_FALSE(found(other));
  row.kind = voice_endpoint_kind::websocket;
  row.target = "wss://agent.example/";
  row.username.clear();
  row.sealed_password.clear();
  put();
  CHECK(found(own)->target == "wss://agent.example/");
  CHECK(found(own)->sealed_password.empty());
  const auto remove = [&](const tenant& of) {
    return at.must_write(
        [&](session& work) { return work.calls().remove_endpoint(of.company.id, row.agent); });
  };
  CHECK_FALSE(remove(other));
  CHECK(remove(own));
  CHECK_FALSE(remove(own));
  CHECK_FALSE(found(own));
}

}  // namespace dialplane::test
