// The store for callers without an event loop: they wait. For the start, the stop and the local
// commands, on threads of their own; never on a loop's thread.
#pragma once

#include <future>
#include <utility>

#include "base/check.hpp"
#include "base/event_loop.hpp"
#include "store/store.hpp"

namespace dialplane {

template <typename T>
result<T> write_and_wait(store& database, unique_function<result<T>(session&)> unit) {
  DIALPLANE_CHECK(event_loop::current() == nullptr);
  std::promise<result<T>> outcome;
  database.write<T>(std::move(unit),
                    [&outcome](result<T> value) { outcome.set_value(std::move(value)); });
  return outcome.get_future().get();
}

template <typename T>
result<T> read_and_wait(store& database, unique_function<result<T>(session&)> unit) {
  DIALPLANE_CHECK(event_loop::current() == nullptr);
  std::promise<result<T>> outcome;
  database.read<T>(std::move(unit),
                   [&outcome](result<T> value) { outcome.set_value(std::move(value)); });
  return outcome.get_future().get();
}

}  // namespace dialplane
