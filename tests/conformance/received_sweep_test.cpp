// Texts whose webhook never came: found by asking the account, stored once.
#include "conformance/reconcile_fixture.hpp"
#include "store/message_queries.hpp"
#include "workflow/runner.hpp"
#include "workflow/texts/received_sweep.hpp"
#include "workflow/texts/send_queue.hpp"
#include "workflow/texts/text_waiters.hpp"

namespace dialplane::test {

namespace {

carrier_news text(std::string id, std::string to, timestamp at) {
  carrier_news news;
  news.carrier_message_id = std::move(id);
  news.from = "+12125550123";
  news.to = std::move(to);
  news.body = "Hello";
  news.at = at;
  return news;
}

}  // namespace

STORE_TEST_CASE("received texts: swept once, for our numbers, since they are ours") {
  reconcile_fixture with(at);
  with.line->may().lists_texts = true;
  const number phone = with.here("+14155550100");
  const timestamp now = with.time.now();
  with.line->texts = {
      text("m1", phone.e164, now),
      text("m2", phone.e164, now + -std::chrono::minutes(5)),
      text("m3", "+14155550999", now),                             // nobody's here
      text("m4", phone.e164, phone.created_at + -std::chrono::hours(1)),  // before it was ours
      text("m1", phone.e164, now),                                 // listed twice
  };
  const auto stored = [&] {
    return at
        .must_read([&](session& work) {
          return work.messages().page_of(phone.organization, phone.id, std::nullopt,
                                         page_request{.limit = 50});
        })
        .rows.size();
  };
  const auto sweep_until = [&](auto is_met) {
    const running_loop loop = at.make_loop();
    runner operations(*with.env, *loop);
    send_queue texts(*with.env, operations);
    text_waiters waiters;
    received_sweep sweep(*with.env, *loop, texts, waiters, std::chrono::milliseconds(5));
    sweep.start();
    with.wait_until(is_met);
    sweep.stop();
    texts.stop();
    with.drain(*loop);
  };
  sweep_until([&] { return stored() == 2; });
  const std::size_t asked = with.line->orders().size();
  // Asked again, also by a new process: nothing doubles.
  sweep_until([&] { return with.line->orders().size() > asked + 9; });
  CHECK(stored() == 2);
  const auto told = with.events();
  CHECK(std::count(told.begin(), told.end(), "sms.received") == 2);
}

}  // namespace dialplane::test
