using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using EmotionMLNet.Architectures;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;
using EmotionMLNet.Terminal;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>architectures: Lists the networks that can be trained.</summary>
internal static class ArchitecturesCommand
{
    private static readonly Option<int> Classes = new NumberOption<int>("--classes")
    {
        Description = "Classes to count parameters for.",
        DefaultValueFactory = _ => 7,
    };
    private static readonly Option<bool> Json = new FlagOption("--json") { Description = "JSON instead of a table." };

    // Head weights are drawn for the count: more than any data set has, less than would fill the memory.
    private const int MostClasses = 10_000;

    public static Command Create()
    {
        var command = new Verb("architectures", "Lists the networks that can be trained.")
            .Add("Options", Classes, Json)
            .AddExamples("--classes 2");
        command.SetAction(parsed => CommandGuard.Run(() => Execute(parsed.GetValue(Classes), parsed.GetValue(Json))));
        return command;
    }

    private static int Execute(int classes, bool json)
    {
        if (classes is < 2 or > MostClasses) throw new UserException($"--classes {classes}: give 2 to {MostClasses}.");
        var all = Catalogue.All.Select(a => (Architecture: a, Network: a.Build(new ArchitectureOptions
        {
            Input = new Shape(a.Preprocessing.Height, a.Preprocessing.Width, a.Preprocessing.Channels),
            Classes = classes,
        }))).ToArray();
        if (json)
        {
            Console.WriteLine(
                new JsonArray([
                    .. all.Select(e => new JsonObject
                    {
                        ["name"] = e.Architecture.Name,
                        ["parameters"] = e.Network.ParameterCount,
                        ["multiplyAdds"] = e.Network.MultiplyAdds,
                        ["input"] = new JsonArray([
                            .. new[] { e.Network.InputShape.Height, e.Network.InputShape.Width, e.Network.InputShape.Channels }.Select(v =>
                                JsonValue.Create(v)
                            ),
                        ]),
                        ["description"] = e.Architecture.Description,
                        ["reference"] = e.Architecture.Reference,
                    }),
                ]).ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true })
            );
            return ExitCode.Ok;
        }
        Console.WriteLine($"{"name",-18} {"parameters",12} {"multiply-adds",14}  input");
        foreach ((Architecture a, Network network) in all)
        {
            Shape x = network.InputShape;
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{a.Name, -18} {network.ParameterCount, 12:N0} {network.MultiplyAdds / 1e6, 12:0.0} M  "
                        + $"{x.Height}x{x.Width}x{x.Channels}"
                )
            );
            foreach (string line in TextLayout.Wrap($"  {a.Description}", hang: 2)) Console.WriteLine(line);
        }
        return ExitCode.Ok;
    }
}
