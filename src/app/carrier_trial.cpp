#include "app/carrier_trial.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "app/carrier_account_json.hpp"
#include "base/event_loop.hpp"
#include "carriers/recording_carrier.hpp"
#include "domain/ownership_mark.hpp"
#include "workflow/number_addresses.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::size_t offers_wanted = 20;
constexpr int looks_max = 20;
constexpr std::chrono::milliseconds look_pause{1'500};

struct trial {
  account_book& book;
  carrier_account row;
  trial_order order;
  trial_outcome outcome;
  unique_function<void(trial_outcome)> done;
  carrier* at = nullptr;
  std::unique_ptr<carrier> own;  // what is recorded goes by it
  std::shared_ptr<wire_transcript> transcript;
  std::string e164;
  std::string mark;
  int looks = 0;

  void note(std::string_view step, bool ok, json::value asked, json::value answered) {
    outcome.steps.push_back(json::object{{"step", step},
                                         {"ok", ok},
                                         {"asked", std::move(asked)},
                                         {"answered", std::move(answered)}});
    outcome.went_well = outcome.went_well && ok;
  }
  void end() {
    if (transcript) outcome.transcript = transcript->text();
    // Later: this may run inside one of its calls.
    event_loop::current()->post([own = std::move(own)] {});
    done(std::move(outcome));
  }
};
using trial_run = std::shared_ptr<trial>;

json::object told(const error& why) {
  return {{"error", name_of(why.code)}, {"class", name_of(why.kind)}, {"message", why.message}};
}

std::int64_t first_cost(const number_offer& offer) {
  return offer.price ? offer.price->monthly_micro_usd + offer.price->upfront_micro_usd : 0;
}

json::object told(const number_offer& offer) {
  json::object out{{"e164", offer.e164}, {"region", offer.region}, {"price", nullptr}};
  if (offer.price) {
    out["price"] = json::object{{"monthly_usd", usd_text(offer.price->monthly_micro_usd)},
                                {"upfront_usd", usd_text(offer.price->upfront_micro_usd)},
                                {"is_estimate", offer.price->is_estimate}};
  }
  return out;
}

json::object told(const carrier_number& number) {
  return {{"e164", number.e164},
          {"mark", number.mark},
          {"reference", number.reference},
          {"routing_set", number.routing_set}};
}

json::object our_number(const trial& run) { return {{"e164", run.e164}, {"mark", run.mark}}; }

void look_after(const trial_run& run, bool wants_absent);

void release(const trial_run& run) {
  run->at->release(run->e164, run->mark, [run](result<void> released) {
    if (!released) {
      run->note("release", false, our_number(*run), told(released.error()));
      run->outcome.advice = "Release " + run->e164 + " (mark " + run->mark +
                            ") by hand in the carrier's console: it costs money.";
      return run->end();
    }
    run->note("release", true, our_number(*run), nullptr);
    run->looks = 0;
    look_after(run, true);
  });
}

// Lists lag behind: asked again until it is as it should be, for a while.
void look_after(const trial_run& run, bool wants_absent) {
  run->at->look_up(run->e164, run->mark, [run, wants_absent](
                                             result<std::optional<carrier_number>> found) {
    const bool as_wanted = found && found->has_value() != wants_absent;
    const std::string_view step = wants_absent ? "verify_released" : "verify_bought";
    if (!as_wanted && ++run->looks < looks_max) {
      return event_loop::current()->post_after(
          look_pause, [run, wants_absent] { look_after(run, wants_absent); });
    }
    json::value answered = nullptr;
    if (!found) answered = told(found.error());
    if (found && *found) answered = told(**found);
    run->note(step, as_wanted, our_number(*run), std::move(answered));
    if (wants_absent) return run->end();
    if (as_wanted) return release(run);
    run->outcome.advice = "Look for " + run->e164 + " (mark " + run->mark +
                          ") in the carrier's console: it may have been bought.";
    run->end();
  });
}

void buy(const trial_run& run) {
  workflow_environment& env = run->book.environment();
  number_purchase order;
  order.e164 = run->e164;
  order.mark = run->mark;
  order.routing = addresses_for(env.public_url, run->row.name);
  order.owner = "check";
  run->at->buy(std::move(order), [run](result<carrier_number> bought) {
    const bool lost = !bought && bought.error().kind == error_class::unknown;
    run->note("buy", bought.has_value() || lost, our_number(*run),
              bought ? told(*bought) : told(bought.error()));
    if (bought || lost) return look_after(run, false);
    run->end();
  });
}

void take_offers(const trial_run& run, result<std::vector<number_offer>> offers) {
  const json::object asked{{"type", "local"}, {"limit", offers_wanted}};
  if (!offers || offers->empty()) {
    run->note("search", false, asked,
              offers ? json::value("nothing for sale") : json::value(told(offers.error())));
    return run->end();
  }
  const number_offer& cheapest = *std::ranges::min_element(
      *offers, {}, [](const number_offer& one) { return first_cost(one); });
  json::object answered = told(cheapest);
  answered["offers"] = offers->size();
  run->note("search", true, asked, std::move(answered));
  run->e164 = cheapest.e164;
  if (run->order.spends) return buy(run);
  run->outcome.advice = "Would buy " + cheapest.e164 + " for about " +
                        usd_text(first_cost(cheapest)) + " USD; add --yes to do it.";
  run->end();
}

// An adapter like the account's own, with a transcript at its wire.
result<void> record_trial(trial& run) {
  TRY_ASSIGN(credential_texts credentials, run.book.open_credentials(run.row));
  wire_transcript::subject of;
  of.carrier = run.row.kind;
  of.account = run.row.name;
  of.is_emulator = run.book.is_local(run.row);
  of.at = run.book.environment().time.now();
  of.base_url = run.book.base_url_of(run.row);
  of.public_url = run.book.environment().public_url;
  of.installation = run.book.environment().installation;
  for (const auto& [name, secret] : credentials) of.credentials.emplace(name, secret.copy());
  of.options = run.row.options;
  run.transcript = std::make_shared<wire_transcript>(of);
  const auto watch = [into = run.transcript](const wire_exchange& seen) { into->note(seen); };
  TRY_ASSIGN(std::unique_ptr<carrier> made, run.book.make(run.row, credentials, watch));
  run.own = std::make_unique<recording_carrier>(std::move(made), run.transcript);
  run.at = run.own.get();
  return {};
}

void search(const trial_run& run) {
  number_search wanted;
  wanted.limit = offers_wanted;
  wanted.owner = "check";
  run->at->search(std::move(wanted), [run](result<std::vector<number_offer>> offers) {
    take_offers(run, std::move(offers));
  });
}

// The account's own adapter has been asked, which keeps its state; what follows goes by `at`.
void go_on(const trial_run& run) {
  if (!run->order.records) {
    run->at = run->book.environment().carriers.find(run->row.name);
    return run->order.buys ? search(run) : run->end();
  }
  if (const result<void> opened = record_trial(*run); !opened) {
    run->note("record", false, nullptr, told(opened.error()));
    return run->end();
  }
  run->at->check_account([run](result<account_report> report) {
    if (!report) {
      run->note("record", false, nullptr, told(report.error()));
      return run->end();
    }
    run->order.buys ? search(run) : run->end();
  });
}

}  // namespace

void try_out_account(account_book& book, const carrier_account& row, trial_order order,
                     unique_function<void(trial_outcome)> done) {
  const trial_run run = std::make_shared<trial>(trial{book, row, order, {}, std::move(done)});
  workflow_environment& env = book.environment();
  run->mark = to_text({env.installation, organization_id{}, env.ids.make<operation_id>()});
  check_account(book, row, [run](account_check check) {
    json::object answered = account_check_json(run->row, check);
    const bool asked_well = check.report.has_value();
    run->note("check_account", asked_well, nullptr, std::move(answered));
    run->outcome.check = std::move(check);
    asked_well || run->order.records ? go_on(run) : run->end();
  });
}

}  // namespace dialplane
