using CsCheck;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Tests.Tuning;

public sealed class SearchSpaceTests
{
    private static readonly Parameter Sgd = Parameter.FromString("sgd"), AdamW = Parameter.FromString("adamw");

    // Every kind of option: two dimensions on a logarithmic scale, alternatives, an inner space with a condition, a chain of conditions.
    private static SearchSpace Mixed => new()
    {
        { "optimiser", ChoiceOption.Of("sgd", "adamw") },
        { "rate", new UniformSingleOption(0.005f, 0.3f, true, 0.05f) { When = [new("optimiser", Sgd)] } },
        { "rate", new UniformSingleOption(1e-4f, 1e-2f, true, 1e-3f) { When = [new("optimiser", AdamW)] } },
        {
            "sgd",
            new SearchSpace
            {
                { "momentum", new UniformSingleOption(0.8f, 0.98f, false, 0.9f) { LogOfComplement = true } },
                { "nesterov", new ChoiceOption([Parameter.FromBool(true), Parameter.FromBool(false)], Parameter.FromBool(true)) },
                { "dampening", new UniformDoubleOption(0, 1, false, 0) { When = [new("nesterov", Parameter.FromBool(false))] } },
            } with { When = [new("optimiser", Sgd)] }
        },
        { "batch", new UniformIntOption(16, 128, true, 64) { Step = 2 } },
        { "epochs", new UniformIntOption(1, 7, false, 3) },
        { "blocks", new UniformIntOption(1, 50, true, 3) },
        { "mixup", new UniformSingleOption(0.05f, 0.8f, true, 0) { ZeroShare = 0.25 } },
        { "drop", new UniformDoubleOption(0, 0.3, false, 0.1) { Step = 0.1 } },
        { "plain", new UniformDoubleOption(-2, 5, false, 0) },
    };

    [Fact]
    public void A_space_goes_to_the_cube_and_back()
    {
        SearchSpace space = Mixed;
        Gen.Double[0, 1]
            .Array[space.FeatureSpaceDim]
            .Sample(
                u =>
                {
                    Parameter point = space.SampleFromFeatureSpace(u);
                    double[] mapped = space.MappingToFeatureSpace(point);
                    Parameter again = space.SampleFromFeatureSpace(mapped);
                    foreach (string key in point.Keys)
                    {
                        if (key is "plain" or "sgd.dampening")
                            Assert.Equal(point[key].AsType<double>(), again[key].AsType<double>(), 1e-12);
                        else Assert.Equal(point[key], again[key]);
                    }
                    Assert.Equal(point.Keys.Order(), again.Keys.Order());
                    // The cube's own view: snapped points stay, and coordinates of a continuum hardly move.
                    double[] snapped = space.Cube.Snap(u), twice = space.Cube.Snap(snapped);
                    bool[] active = space.Cube.FindActive(u);
                    for (int i = 0; i < u.Length; i++)
                    {
                        Assert.Equal(snapped[i], twice[i], 1e-9);
                        if (active[i] && space.Cube.Axes[i].Values == 0 && space.Leaves[i].Key is not ("mixup" or "blocks"))
                            Assert.Equal(u[i], snapped[i], 1e-5);
                    }
                },
                seed: "0000KOIR7vZ1",
                iter: 3000
            );
    }

    [Fact]
    public void Each_option_that_is_no_space_is_a_dimension()
    {
        Assert.Equal(12, Mixed.FeatureSpaceDim);
        Assert.Equal(11, Mixed.MostActive); // all but the rate of AdamW
        Assert.Equal(3, ((SearchSpace)Mixed.Single(o => o.Key == "sgd").Value).FeatureSpaceDim);
        Assert.Equal(["optimiser", "rate", "rate", "sgd.momentum"], Mixed.Leaves.Select(l => l.Key).Take(4));
        Assert.Equal(0, new SearchSpace().FeatureSpaceDim);
    }

    [Fact]
    public void A_point_has_what_counts_and_nothing_else()
    {
        Parameter adam = At(("optimiser", 0.9)), sgd = At(("optimiser", 0.1), ("sgd.nesterov", 0.9));
        Assert.False(adam.TryGetValue("sgd", out _));
        Assert.InRange(adam["rate"].AsType<double>(), 1e-4, 1e-2);
        Assert.Equal(["momentum", "nesterov", "dampening"], sgd["sgd"].Keys);
        Assert.Equal(sgd["sgd"]["momentum"], sgd["sgd.momentum"]);
        Assert.False(At(("optimiser", 0.1), ("sgd.nesterov", 0.1))["sgd"].TryGetValue("dampening", out _));

        static Parameter At(params (string Key, double U)[] where)
        {
            SearchSpace space = Mixed;
            double[] point = space.MappingToFeatureSpace(space.DefaultValue);
            foreach ((string key, double u) in where) point[space.Leaves.Index().First(l => l.Item.Key == key).Index] = u;
            return space.SampleFromFeatureSpace(point);
        }
    }

    [Fact]
    public void Defaults_are_the_centre_of_a_space()
    {
        Parameter usual = Mixed.DefaultValue;
        Assert.Equal(0.05, usual["rate"].AsType<double>());
        Assert.Equal(0, usual["mixup"].AsType<double>());
        Assert.Equal(64, usual["batch"].AsType<int>());
        Assert.Equal(usual, Mixed.SampleFromFeatureSpace(Mixed.MappingToFeatureSpace(usual)));
        // What lies outside is taken as the nearest end.
        var range = new UniformSingleOption(0.1f, 0.2f, false, 0.5f);
        Assert.Equal([1.0], range.MappingToFeatureSpace(range.DefaultValue));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_largest_whole_number_is_drawn_like_the_others(bool log)
    {
        var option = new UniformIntOption(1, 4, log, 1);
        const int count = 40_000;
        int[] seen = new int[5];
        for (int i = 0; i < count; i++) seen[option.SampleFromFeatureSpace([(i + 0.5) / count]).AsType<int>()]++;
        for (int n = 1; n <= 4; n++)
        {
            double share = log ? Math.Log((n + 0.5) / (n - 0.5)) / Math.Log(4.5 / 0.5) : 0.25;
            Assert.Equal(share, seen[n] / (double)count, 1e-3);
        }
        Assert.Equal(4, option.SampleFromFeatureSpace([1]).AsType<int>());
        Assert.Equal(1, option.SampleFromFeatureSpace([0]).AsType<int>());
    }

    [Fact]
    public void Scales_are_even_where_they_say()
    {
        Assert.Equal(0.01, new UniformDoubleOption(1e-4, 1, true, 0.1).SampleFromFeatureSpace([0.5]).AsType<double>(), 1e-15);
        var complement = new UniformDoubleOption(0, 0.99, false, 0) { LogOfComplement = true };
        Assert.Equal(0.9, complement.SampleFromFeatureSpace([0.5]).AsType<double>(), 1e-12);
        var steps = new UniformDoubleOption(0, 0.3, false, 0) { Step = 0.1 };
        double At(double u) => Math.Round(steps.SampleFromFeatureSpace([u]).AsType<double>(), 12);
        Assert.Equal([0, 0.1, 0.2, 0.3], new[] { 0.1, 0.3, 0.6, 1 }.Select(At));
        var powers = new UniformIntOption(16, 128, true, 64) { Step = 2 };
        Assert.Equal([16, 32, 64, 128], new[] { 0, 0.3, 0.6, 1 }.Select(u => powers.SampleFromFeatureSpace([u]).AsType<int>()));
        var off = new UniformSingleOption(0.05f, 0.8f, true, 0) { ZeroShare = 0.25 };
        Assert.Equal(0, off.SampleFromFeatureSpace([0.24]).AsType<double>());
        Assert.Equal(0.05, off.SampleFromFeatureSpace([0.25]).AsType<double>(), 1e-9);
        Assert.Equal(0.8, off.SampleFromFeatureSpace([1]).AsType<double>(), 1e-9);
    }

    [Fact]
    public void Keep_leaves_some_and_drops_what_depended_on_others()
    {
        SearchSpace narrow = Mixed.Keep("rate", "epochs", "momentum");
        Assert.Equal(["rate", "sgd.momentum", "epochs"], narrow.Leaves.Select(l => l.Key));
        Assert.All(narrow.Leaves, l => Assert.Empty(l.When)); // the optimiser stays SGD
        Assert.InRange(narrow.SampleFromFeatureSpace([1, 1, 1])["rate"].AsType<double>(), 0.2, 0.3);
        Assert.Equal("There is no rat in the search space; there are", Message(() => Mixed.Keep("rat"))[..46]);
        Assert.Contains("sgd.dampening counts only together with another setting", Message(() => Mixed.Keep("dampening")));
        Assert.Equal(4, Mixed.Keep("optimiser", "rate", "plain").FeatureSpaceDim);
    }

    [Fact]
    public void Fix_puts_a_value_into_every_point()
    {
        SearchSpace adam = Mixed.Fix("optimiser", AdamW).Fix("batch", Parameter.FromInt(48)).Fix("other.setting", Parameter.FromBool(true));
        Parameter point = adam.DefaultValue;
        Assert.Equal("adamw", point["optimiser"].AsType<string>());
        Assert.Equal(48, point["batch"].AsType<int>());
        Assert.True(point["other"]["setting"].AsType<bool>());
        Assert.InRange(point["rate"].AsType<double>(), 1e-4, 1e-2);
        Assert.DoesNotContain(adam.Leaves, l => l.Key.StartsWith("sgd", StringComparison.Ordinal));
        Assert.Equal(12, Mixed.FeatureSpaceDim); // the original is as it was
    }

    [Fact]
    public void Short_names_of_two_settings_are_refused()
    {
        var space = new SearchSpace
        {
            { "network.dropout", new UniformSingleOption(0, 0.5f, false, 0) },
            { "head.dropout", new UniformSingleOption(0, 0.5f, false, 0) },
        };
        Assert.Contains("dropout can be network.dropout or head.dropout", Message(() => space.Keep("dropout")));
    }

    [Fact]
    public void Conditions_that_make_no_sense_are_named()
    {
        SearchSpace space = new() { { "a", ChoiceOption.Of("x", "y") } };
        Assert.Contains("b: its condition names c, which is not in the space", Broken(new("c", Sgd)));
        Assert.Contains("""b: its condition asks for a "sgd", which is none of its choices""", Broken(new("a", Sgd)));
        Assert.Contains("b: its condition names b, which is no single choice", Broken(new("b", Sgd)));
        var circle = new SearchSpace
        {
            { "a", ChoiceOption.Of("x", "y") with { When = [new("b", Parameter.FromString("x"))] } },
            { "b", ChoiceOption.Of("x", "y") with { When = [new("a", Parameter.FromString("x"))] } },
        };
        Assert.Contains("circle", Message(() => circle.FeatureSpaceDim));
        var twice = new SearchSpace { { "a", ChoiceOption.Of("x", "y") }, { "a", new UniformIntOption(0, 1, false, 0) } };
        Assert.Contains("a: two options may count at once", Message(() => twice.FeatureSpaceDim));

        string Broken(Condition when)
        {
            SearchSpace copy = space with { };
            copy.Add("b", new UniformIntOption(0, 1, false, 0) { When = [when] });
            return Message(() => copy.FeatureSpaceDim);
        }
    }

    [Fact]
    public void Options_refuse_ranges_that_are_none()
    {
        Assert.Throws<ArgumentException>(() => new UniformDoubleOption(2, 1, false, 1));
        Assert.Throws<ArgumentException>(() => new UniformDoubleOption(double.NaN, 1, false, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new UniformSingleOption(0, 1, true, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new UniformDoubleOption(0, 1, false, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new UniformDoubleOption(0, 1, false, 0) { Step = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new UniformDoubleOption(1, 2, true, 1) { Step = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new UniformDoubleOption(0, 1, false, 0) { ZeroShare = 1 });
        Assert.Throws<ArgumentException>(() => new UniformDoubleOption(0, 1, false, 0) { LogOfComplement = true });
        Assert.Throws<ArgumentException>(() => ChoiceOption.Of());
        Assert.Throws<ArgumentException>(() => ChoiceOption.Of("a", "a"));
        Assert.Throws<ArgumentException>(() => new ChoiceOption([Sgd], AdamW));
        Assert.Throws<ArgumentException>(() => Mixed.SampleFromFeatureSpace([0.5]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new UniformIntOption(0, 1, false, 0).SampleFromFeatureSpace([1.1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new UniformIntOption(0, 1, false, 0).SampleFromFeatureSpace([double.NaN]));
        Assert.Throws<ArgumentException>(() => new UniformIntOption(0, 1, false, 0).MappingToFeatureSpace(Sgd));
    }

    [Fact]
    public void Parameters_are_what_they_were_made_of()
    {
        Assert.Equal(0.05, Parameter.FromSingle(0.05f).AsType<double>());
        Assert.Equal(0.05f, Parameter.FromSingle(0.05f).AsType<float>());
        Assert.Equal(ScheduleKind.OneCycle, Parameter.FromEnum(ScheduleKind.OneCycle).AsType<ScheduleKind>());
        Assert.Throws<InvalidCastException>(() => Parameter.FromDouble(0.5).AsType<int>());
        Assert.Throws<InvalidCastException>(() => Parameter.Null.AsType<string>());
        Assert.Throws<ArgumentOutOfRangeException>(() => Parameter.FromDouble(double.NaN));
        Parameter inner = Parameter.CreateNested(KeyValuePair.Create("c", Sgd));
        Parameter nested = Parameter.CreateNested(new("a", Parameter.FromInt(1)), new("b", inner));
        Assert.Equal("""{"a":1,"b.c":"sgd"}""", nested.ToString());
        Assert.Equal(nested, Parameter.FromJson(nested.ToJson()));
        Assert.NotEqual(nested, nested["b"]);
        Assert.Equal("[32,64]", Parameter.FromList(Parameter.FromInt(32), Parameter.FromInt(64)).ToString());
        Assert.Throws<KeyNotFoundException>(() => nested["d"]);
    }

    private static string Message(Func<object> act) => Assert.ThrowsAny<ArgumentException>(act).Message;
}
