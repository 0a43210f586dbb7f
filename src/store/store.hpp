// The port to the database.
//
// A unit is plain blocking code over typed queries. It runs on a thread of the store, all or
// nothing, after every unit submitted before it by the same caller; `done` runs afterwards on the
// loop that submitted it. A written unit's `done` runs only after its commit is durable. If the
// unit returns an error, nothing it wrote remains. Units must not wait for anything else.
//
// Queues are bounded: when full, `done` gets error_code::overloaded (not_done) at once.
#pragma once

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/unique_function.hpp"
#include "store/session.hpp"

namespace dialplane {

struct store_statistics {
  std::uint64_t write_batches = 0;
  std::uint64_t written_units = 0;
  std::uint64_t read_units = 0;
  std::uint64_t waiting_writes = 0;
  std::uint64_t waiting_reads = 0;
};

class store {
 public:
  virtual ~store() = default;

  // Runs `unit` in a write transaction shared with other waiting units (its own savepoint).
  template <typename T>
  void write(unique_function<result<T>(session&)> unit, unique_function<void(result<T>)> done) {
    submit(access::write, std::move(unit), std::move(done));
  }
  // The same for a unit that may be run more than once, of which the last run counts: it changes
  // nothing but the database, and what it captured is const to it. Units of this kind share one
  // transaction without a savepoint each, which is a fifth of a provision's work in the database.
  template <typename T, typename Unit>
    requires std::is_invocable_r_v<result<T>, const Unit&, session&>
  void write_repeatable(Unit unit, unique_function<void(result<T>)> done) {
    submit<T>(access::write_repeatable, std::move(unit), std::move(done));
  }
  // Runs `unit` on a snapshot that includes every write whose `done` has run.
  template <typename T>
  void read(unique_function<result<T>(session&)> unit, unique_function<void(result<T>)> done) {
    submit(access::read, std::move(unit), std::move(done));
  }

  // Where an organization's numbers, and what lists show beside them (agents, users, campaigns,
  // assignments), stand: between two equal answers no write to them had its `done` run. Nothing
  // means "read": a change is just being committed, or this store does not count.
  virtual std::optional<std::uint64_t> list_version(organization_id) const {
    return std::nullopt;
  }

  // Copies the database, consistent and while running, to a new file. The done is as for units.
  virtual void backup(std::string path, unique_function<void(result<void>)> done) = 0;
  virtual store_statistics statistics() const = 0;
  // `told` runs, on a thread of the store, after each commit that appended events: a hint to look,
  // never the news itself. It must only post. One watcher, set before any
  // unit appends events.
  virtual void watch_events(unique_function<void()> told) = 0;
  // Finishes what is queued, then closes. No submit may follow.
  virtual void close() = 0;

 protected:
  enum class access { read, write, write_repeatable };
  // The untyped core. `run` is called on a store thread: true = keep what it wrote. `finish` is
  // called with the outcome of the commit (no error: kept, or rolled back because run said so).
  // Only with write_repeatable may `run` be called again.
  struct request {
    unique_function<bool(session&)> run;
    unique_function<void(std::optional<error>)> finish;
    event_loop* loop = nullptr;  // where `finish` runs; null: on the store's thread
  };
  virtual void submit_request(access how, request what) = 0;

 private:
  template <typename T>
  struct submitted {
    submitted(unique_function<result<T>(session&)> what, unique_function<void(result<T>)> then)
        : unit(std::move(what)), done(std::move(then)) {}
    unique_function<result<T>(session&)> unit;
    unique_function<void(result<T>)> done;
    std::optional<result<T>> value;
  };

  template <typename T>
  void submit(access how, unique_function<result<T>(session&)> unit,
              unique_function<void(result<T>)> done) {
    auto work = std::make_shared<submitted<T>>(std::move(unit), std::move(done));
    request what;
    if (how == access::write_repeatable) {
      what.run = [work](session& on) {
        work->value.emplace(work->unit(on));
        return work->value->has_value();
      };
    } else {
      what.run = [work](session& on) {
        auto own_unit = std::exchange(work->unit, nullptr);
        work->value.emplace(own_unit(on));
        return work->value->has_value();
      };
    }
    what.finish = [work](std::optional<error> failure) {
      work->unit = nullptr;  // gone before `done` runs
      if (failure) {
        work->done(std::move(*failure));
      } else {
        work->done(*std::move(work->value));
      }
    };
    what.loop = event_loop::current();
    submit_request(how, std::move(what));
  }
};

}  // namespace dialplane
