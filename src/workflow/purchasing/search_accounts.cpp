#include "workflow/purchasing/search_accounts.hpp"

#include <memory>

#include "base/check.hpp"
#include "base/event_loop.hpp"

namespace dialplane {

namespace {

struct pending_search {
  std::vector<account_offers> answers;
  std::vector<bool> ended;
  std::size_t open = 0;
  unique_function<void(std::vector<account_offers>)> done;

  void end(std::size_t at, result<std::vector<number_offer>> offers) {
    if (ended[at]) return;
    ended[at] = true;
    answers[at].offers = std::move(offers);
    if (--open == 0) done(std::move(answers));
  }
};

error too_slow() {
  return not_done(error_code::carrier_unavailable, "The carrier did not answer in time.",
                  "search: time limit");
}

}  // namespace

void search_accounts(const std::vector<carrier*>& accounts, const number_search& wanted,
                     std::chrono::milliseconds limit,
                     unique_function<void(std::vector<account_offers>)> done) {
  if (accounts.empty()) return done({});
  auto pending = std::make_shared<pending_search>();
  for (carrier* each : accounts) pending->answers.push_back({each, too_slow()});
  pending->ended.resize(accounts.size());
  pending->open = accounts.size();
  pending->done = std::move(done);
  bool all_local = true;
  for (std::size_t at = 0; at < accounts.size(); ++at) {
    all_local = all_local && accounts[at]->abilities().search_is_local;
    accounts[at]->search(wanted, [pending, at](result<std::vector<number_offer>> offers) {
      pending->end(at, std::move(offers));
    });
  }
  if (all_local || pending->open == 0) return;
  event_loop* here = event_loop::current();
  CHECK(here != nullptr);
  here->post_after(limit, [pending, count = accounts.size()] {
    for (std::size_t at = 0; at < count; ++at) pending->end(at, too_slow());
  });
}

}  // namespace dialplane
