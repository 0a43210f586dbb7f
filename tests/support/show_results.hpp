// Lets doctest print a result<T>: a failed REQUIRE(result) shows the error it holds.
#pragma once

#include <doctest/doctest.h>

#include "base/error.hpp"

template <typename T>
struct doctest::StringMaker<boost::system::result<T, dialplane::error>> {
  static String convert(const boost::system::result<T, dialplane::error>& outcome) {
    if (outcome.has_value()) return "a value";
    return dialplane::describe(outcome.error()).c_str();
  }
};
