using EmotionMLNet.MLNetZip;

namespace EmotionMLNet.Training.ModelBuilder;

/// <summary>A console project around the generated class, with the packages that it needs at fixed versions.</summary>
internal static class ConsumerProject
{
    // Those that this repository tests with. ML.NET 5.0.1 asks for SkiaSharp 2.88.8, whose packages for Linux are not everywhere.
    private const string MLNet = "5.0.1",
        OnnxRuntime = "1.31.1",
        SkiaSharp = "2.88.9";

    /// <summary>Empty files that keep a Directory.Build.props or .targets further up out of the project.</summary>
    public static IEnumerable<(string File, string Text)> Isolation =>
    [
        ("Directory.Build.props", "<Project />\n"),
        ("Directory.Build.targets", "<Project />\n"),
        ("Directory.Packages.props", "<Project />\n"),
    ];

    public static string Project(ModelBuilderProject project) => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <RootNamespace>{project.Namespace}</RootNamespace>
            <IsPackable>false</IsPackable>
            <!-- Native libraries for this machine only: for all of them they are 340 MB. -->
            <RuntimeIdentifier>$(NETCoreSdkPortableRuntimeIdentifier)</RuntimeIdentifier>
            <SelfContained>false</SelfContained>
            <AppendRuntimeIdentifierToOutputPath>false</AppendRuntimeIdentifierToOutputPath>
          </PropertyGroup>
          <ItemGroup>
            {string.Join("\n    ", Packages(project).Select(p => $"""<PackageReference Include="{p.Name}" Version="{p.Version}" />"""))}
          </ItemGroup>
          <ItemGroup>
            <None Update="{project.ModelFile}" CopyToOutputDirectory="PreserveNewest" />
          </ItemGroup>
        </Project>

        """.ReplaceLineEndings("\n");

    /// <summary>What the project needs; in raw mode no picture is decoded.</summary>
    public static IEnumerable<(string Name, string Version)> Packages(ModelBuilderProject project) =>
    [
        ("Microsoft.ML", MLNet),
        .. project.Mode == ModelInputMode.Raw
            ? Array.Empty<(string, string)>()
            :
            [
                ("Microsoft.ML.ImageAnalytics", MLNet),
                ("SkiaSharp", SkiaSharp),
                ("SkiaSharp.NativeAssets.Linux.NoDependencies", SkiaSharp),
            ],
        ("Microsoft.ML.OnnxTransformer", MLNet),
        ("Microsoft.ML.OnnxRuntime", OnnxRuntime),
    ];

    public static string Program(ModelBuilderProject project) => $$"""
        using System;
        using System.IO;
        using System.Linq;
        using {{project.Namespace}};

        // Prints, for every file that is named on the command line, the expression label that annotators would be likely to give it.
        string[] files = args.Select(Path.GetFullPath).ToArray();
        Environment.CurrentDirectory = AppContext.BaseDirectory; // the model lies beside the program
        foreach (string file in files)
        {
            var input = new {{project.Name}}.ModelInput { ImageSource = {{Read(project)}} };
            var scores = {{project.Name}}.PredictAllLabels(input).ToList();
            Console.WriteLine($"{file}: {{"{"}}{{project.Name}}.Predict(input).PredictedLabel} ({string.Join(", ", scores.Select(s => $"{s.Key} {s.Value:0.000}"))})");
        }

        {{(project.Mode == ModelInputMode.Raw ? Ppm(project) : "")}}
        """.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";

    public static string Readme(ModelBuilderProject project) => $"""
        # {project.Name}

        Written by `export --model-builder {project.Name} --namespace {project.Namespace}`.

        | File | What it is |
        | --- | --- |
        | `{project.ModelFile}` | the model: an ML.NET zip with the ONNX network inside |
        | `{project.Name}.consumption.cs` | the class that applications use: `{project.Name}.Predict(input)`, `PredictAllLabels(input)`, safe on any number of threads |
        | `{project.Name}.mbconfig` | what Visual Studio's Model Builder opens |
        | `{project.Name}.Consumer.csproj`, `Program.cs` | a console that classifies the files it is given |

            dotnet run -- picture.{(project.Mode == ModelInputMode.Raw ? "ppm" : "jpg")}

        The packages are fixed to ML.NET {MLNet} and ONNX Runtime {OnnxRuntime}.
        The tests of EmotionMLNet build and run projects like this one with them.
        Retraining in Model Builder trains Model Builder's own network, not this one.

        """.ReplaceLineEndings("\n");

    private static string Read(ModelBuilderProject project) => project.Mode switch
    {
        ModelInputMode.Path => "file",
        ModelInputMode.Raw => "ReadPpm(file)",
        _ => "File.ReadAllBytes(file)",
    };

    private static string Ppm(ModelBuilderProject project) => $$"""
        // A binary PPM (P6) of {{project.Width}} x {{project.Height}} pixels: whatever else your pictures are, scale them to this size and hand over R, G, B.
        static byte[] ReadPpm(string path)
        {
            const int length = {{project.Width}} * {{project.Height}} * 3;
            byte[] bytes = File.ReadAllBytes(path);
            if (bytes.Length < length || bytes[0] != 'P' || bytes[1] != '6') throw new InvalidDataException($"{path} is no binary PPM of {{project.Width}} x {{project.Height}} pixels");
            return bytes[^length..];
        }
        """;
}
