// The sandbox carrier beyond the port: its stock, rests, campaign clock, books and threads.
#include <map>
#include <set>
#include <thread>

#include "base/sqlite.hpp"
#include "conformance/carrier_fixture.hpp"
#include "domain/area_codes.hpp"
#include "domain/sandbox_numbers.hpp"

namespace dialplane::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE("sandbox: every US area code and every toll-free one but 800 has numbers") {
  sandbox_fixture at;
  std::size_t codes = 0;
  for (const area_code_row& row : all_area_codes()) {
    const std::string code(row.code);
    const bool is_toll_free = row.kind == area_code_class::toll_free;
    const number_type type = is_toll_free ? number_type::toll_free : number_type::local;
    const auto offers = at.search({type, {code}, 1});
    const bool is_sold = is_us_geographic(code) || (is_toll_free && code != "800");
    CHECK(offers.size() == (is_sold ? 1 : 0));
    if (!is_sold || offers.empty()) continue;
    ++codes;
    CHECK(offers[0].e164.substr(0, 8) == "+1" + code + "555");
    const auto parsed = e164::parse(offers[0].e164);
    REQUIRE(parsed);
    CHECK(is_sandbox_number(*parsed));
  }
  CHECK(codes == 384);
}

TEST_CASE("sandbox: an area code sells out, without directory assistance and fiction") {
  sandbox_fixture at;
  std::set<std::string> sold;
  while (true) {
    const auto offers = at.search({number_type::local, {"415"}, 1'000});
    if (offers.empty()) break;
    for (const number_offer& offer : offers) {
      at.start_buy(offer.e164, "m");
      REQUIRE(sold.insert(offer.e164).second);
    }
    at.sold_page({}, 1);
  }
  CHECK(sold.size() == 10'000 - 101);
  CHECK_FALSE(sold.contains("+14155551212"));
  CHECK_FALSE(sold.contains("+14155550100"));
  CHECK_FALSE(sold.contains("+14155550199"));
  CHECK(sold.contains("+14155550099"));
  CHECK(sold.contains("+14155550200"));
  CHECK(sold.contains("+14155550000"));
  CHECK(sold.contains("+14155559999"));
  CHECK(at.control().counts().sold == 9'899);
}

TEST_CASE("sandbox: the same seed offers the same numbers, another one others") {
  const auto offers_of = [](std::uint64_t seed) {
    sandbox_fixture at(seed);
    std::vector<std::string> numbers;
    for (const auto& offer : at.search({number_type::local, {}, 20})) numbers.push_back(offer.e164);
    return numbers;
  };
  CHECK(offers_of(1) == offers_of(1));
  CHECK(offers_of(1) != offers_of(2));
}

TEST_CASE("sandbox: searches one after another differ; without area code they go round") {
  sandbox_fixture at;
  std::set<std::string> numbers;
  std::set<std::string> codes;
  for (int each = 0; each < 64; ++each) {
    numbers.insert(at.any_number());
    const auto anywhere = at.search({number_type::local, {}, 1});
    REQUIRE(anywhere.size() == 1);
    const std::string code = anywhere[0].e164.substr(2, 3);
    CHECK_FALSE(is_us_territory(find_area_code(code)->region));
    codes.insert(code);
  }
  CHECK(numbers.size() == 64);
  CHECK(codes.size() == 64);
  const auto toll_free = at.search({number_type::toll_free, {}, 12});
  CHECK(toll_free.size() == 12);
}

TEST_CASE("sandbox: real numbers are not its business") {
  for (const char* text : {"+14155550123", "+18335559999", "+17875550000"}) {
    CHECK(is_sandbox_number(*e164::parse(text)));
  }
  for (const char* text : {"+14155540123", "+15554155550", "+14935552345", "+4915555512345"}) {
    const auto parsed = e164::parse(text);
    if (parsed) CHECK_FALSE(is_sandbox_number(*parsed));
  }
  CHECK_FALSE(is_sandbox_number(*e164::parse("+14152345550")));
}

TEST_CASE("sandbox: a released number rests before it is for sale again") {
  sandbox_fixture at;
  const std::string number = at.any_number();
  REQUIRE(at.buy(number, "m"));
  REQUIRE(at.release(number, "m"));
  at.settle();
  CHECK(at.control().counts().resting == 1);
  at.reopen();
  at.loop().advance(1h - 1ms);
  const auto too_early = at.buy(number, "m2");
  REQUIRE_FALSE(too_early);
  CHECK(too_early.error().kind == error_class::conflict);
  at.loop().advance(1ms);
  at.settle();
  CHECK(at.control().counts().resting == 0);
  CHECK(at.buy(number, "m2"));
}

TEST_CASE("sandbox: the carrier's own time moves without a call") {
  // The machine's clock, so that the ledger's thread has to wake by itself.
  scratch_folder folder;
  shared_manual_clock unused;
  manual_event_loop loop(unused);
  system_clock time;
  seeded_random random(3);
  auto opened = sandbox::sandbox_carrier::open(
      {.file_path = folder.file("sandbox.db"), .rest = 30ms}, time, random);
  REQUIRE(opened);
  sandbox::sandbox_carrier& carrier = **opened;
  const auto offer = carrier.offer_at_once({number_type::local, {"415"}, 1});
  REQUIRE(offer);
  pending_answer<carrier_number> bought;
  carrier.buy({offer->e164, "m", {}}, bought.done());
  pending_answer<void> released;
  carrier.release(offer->e164, "m", released.done());
  REQUIRE(loop.run_until([&] { return released.has_come(); }));
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (carrier.counts().resting != 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  CHECK(carrier.counts().resting == 0);
}

TEST_CASE("sandbox: campaigns move with the clock, and tell when to ask again") {
  sandbox_fixture at;
  const auto filed = at.file_campaign(ten_dlc_filing("c1"));
  REQUIRE(filed);
  CHECK(filed->reference.substr(0, 3) == "SBC");
  CHECK(filed->status == campaign_status::created);
  CHECK(filed->ask_again_after == 1s);
  at.loop().advance(1s);
  auto state = at.campaign_state(filed->reference);
  REQUIRE(state);
  CHECK(state->status == campaign_status::in_review);
  CHECK(state->ask_again_after == 2s);
  at.loop().advance(2s - 1ms);
  CHECK(at.campaign_state(filed->reference)->status == campaign_status::in_review);
  at.loop().advance(1ms);
  state = at.campaign_state(filed->reference);
  CHECK(state->status == campaign_status::active);
  CHECK_FALSE(state->rejection_reason);
  CHECK(at.file_campaign(ten_dlc_filing("c1", "x"))->status == campaign_status::active);
}

TEST_CASE("sandbox: a new review time holds for undecided campaigns and after a restart") {
  sandbox_fixture at;
  const auto decided = at.file_campaign(ten_dlc_filing("c1"));
  at.loop().advance(3s);
  const auto begun = at.file_campaign(ten_dlc_filing("c2"));
  at.loop().advance(1500ms);
  REQUIRE(at.set_review(9s));
  CHECK(at.control().review() == 9s);
  CHECK(at.campaign_state(decided->reference)->status == campaign_status::active);
  CHECK(at.campaign_state(begun->reference)->status == campaign_status::in_review);
  CHECK(at.campaign_state(begun->reference)->ask_again_after == 7500ms);
  REQUIRE(at.set_review(0s));
  CHECK(at.campaign_state(begun->reference)->status == campaign_status::active);

  REQUIRE(at.set_review(60s));
  at.reopen();
  CHECK(at.control().review() == 60s);
  const auto slow = at.file_campaign(ten_dlc_filing("c3"));
  CHECK(slow->ask_again_after == 20s);
  for (const milliseconds bad : {milliseconds(-1), milliseconds(7 * 24h + 1ms)}) {
    const auto refusal = at.set_review(bad);
    REQUIRE_FALSE(refusal);
    CHECK(refusal.error().field == "review_ms");
  }
  CHECK(at.control().review() == 60s);
}

TEST_CASE("sandbox: a rejected campaign says why and takes no numbers") {
  sandbox_fixture at;
  const auto filed = at.file_campaign(ten_dlc_filing("c1"));
  const std::string number = at.any_number();
  REQUIRE(at.buy(number, "m"));
  at.close_while([](const std::string& path) {
    auto file = sqlite::database::open(path, sqlite::open_mode::read_write_create);
    REQUIRE(file);
    REQUIRE(file->exec("UPDATE campaigns SET rejection_reason = 'The sample names no brand.'"));
  });
  CHECK(at.campaign_state(filed->reference)->status == campaign_status::created);
  at.loop().advance(3s);
  const auto state = at.campaign_state(filed->reference);
  REQUIRE(state);
  CHECK(state->status == campaign_status::rejected);
  CHECK(state->rejection_reason == "The sample names no brand.");
  CHECK_FALSE(at.attach(filed->reference, number));
}

TEST_CASE("sandbox: inbound is dropped, and counted, until routing is set") {
  sandbox_fixture at;
  const std::string number = at.any_number();
  CHECK_FALSE(at.control().accepts_inbound(number));
  REQUIRE(at.buy(number, "m", {}));
  CHECK_FALSE(at.control().accepts_inbound(number));
  REQUIRE(at.set_routing(number, carrier_fixture::some_routing()));
  CHECK(at.control().accepts_inbound(number));
  at.reopen();
  CHECK(at.control().accepts_inbound(number));
  CHECK(at.control().counts().inbound_dropped == 0);  // since the start
  REQUIRE(at.release(number, "m"));
  CHECK_FALSE(at.control().accepts_inbound(number));
  CHECK_FALSE(at.control().accepts_inbound("+4930123456"));
  CHECK(at.control().counts().inbound_dropped == 2);
}

TEST_CASE("sandbox: the sold page shows number, mark and time, and its cursor goes to the end") {
  sandbox_fixture at;
  std::map<std::string, std::string> marks;
  for (int each = 0; each < 7; ++each) {
    const std::string number = at.any_number();
    marks[number] = "mark-" + std::to_string(each);
    REQUIRE(at.buy(number, marks[number]));
  }
  std::optional<std::string> cursor;
  std::size_t seen = 0;
  do {
    const auto page = at.sold_page(cursor, 3);
    REQUIRE(page);
    for (const sandbox_sale& sale : page->numbers) {
      CHECK(marks.at(sale.e164) == sale.mark);
      CHECK(sale.sold_at == at.clock().now());
      ++seen;
    }
    cursor = page->next_cursor;
  } while (cursor);
  CHECK(seen == 7);
  for (const std::size_t limit : {std::size_t{0}, std::size_t{1'001}}) {
    const auto page = at.sold_page({}, limit);
    REQUIRE_FALSE(page);
    CHECK(page.error().field == "limit");
  }
}

TEST_CASE("sandbox: many purchases waiting at once share a transaction and a wake-up") {
  sandbox_fixture at;
  // The first command holds the ledger's thread busy enough that the rest gather behind it; how
  // many gather is up to the machine, so only the bound is checked.
  std::vector<pending_answer<carrier_number>> answers;
  for (const auto& offer : at.search({number_type::local, {"415"}, 1'000})) {
    answers.push_back(at.start_buy(offer.e164, "m"));
  }
  for (const auto& answer : answers) REQUIRE(at.await(answer));
  CHECK(at.loop().wake_ups() < 1'000);
}

TEST_CASE("sandbox: a full queue says so and does nothing") {
  sandbox_fixture at;
  at.options().queue_limit = 0;
  at.reopen();
  const std::string number = at.any_number();
  const auto turned_away = at.buy(number, "m");
  REQUIRE_FALSE(turned_away);
  CHECK(turned_away.error().kind == error_class::not_done);
  CHECK(turned_away.error().code == error_code::overloaded);
  at.options().queue_limit = 100;
  at.reopen();
  CHECK(at.settle().numbers.empty());
}

TEST_CASE("sandbox: threads with loops of their own buy the same numbers, each is sold once") {
  sandbox_fixture at;
  const auto offers = at.search({number_type::local, {"415"}, 50});
  std::vector<std::thread> buyers;
  std::atomic<int> won{0};
  std::atomic<int> lost{0};
  for (int buyer = 0; buyer < 4; ++buyer) {
    buyers.emplace_back([&, buyer] {
      manual_event_loop loop(at.clock());
      std::vector<pending_answer<carrier_number>> answers(offers.size());
      for (std::size_t each = 0; each < offers.size(); ++each) {
        at.subject().buy({offers[each].e164, "mark-" + std::to_string(buyer), {}},
                         answers[each].done());
        at.subject().offer_at_once({number_type::local, {"415"}, 1});
      }
      for (const auto& answer : answers) {
        if (!loop.run_until([&] { return answer.has_come(); })) return;
        ++(answer.value() ? won : lost);
      }
    });
  }
  for (std::thread& buyer : buyers) buyer.join();
  CHECK(won == 50);
  CHECK(lost == 150);
  CHECK(at.settle().numbers.size() == 50);
}

TEST_CASE("sandbox: a toll-free verification is a filing of its own") {
  sandbox_fixture at;
  const auto campaign = at.file_campaign(ten_dlc_filing("c1"));
  campaign_filing toll_free = ten_dlc_filing("c2");
  toll_free.kind = campaign_kind::toll_free_verification;
  const auto verification = at.file_campaign(std::move(toll_free));
  REQUIRE(campaign);
  REQUIRE(verification);
  CHECK(verification->reference != campaign->reference);
}

TEST_CASE("sandbox: a file from the future is refused") {
  sandbox_fixture at;
  scratch_folder folder;
  const std::string path = folder.file("sandbox.db");
  {
    auto file = sqlite::database::open(path, sqlite::open_mode::read_write_create);
    REQUIRE(file);
    REQUIRE(file->exec("PRAGMA user_version = 2"));
  }
  seeded_random random(1);
  const auto opened = sandbox::sandbox_carrier::open({.file_path = path}, at.clock(), random);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().kind == error_class::refused);
}

}  // namespace
}  // namespace dialplane::test
